// ObservationLogs: what trials report through api.v1.beta1.DBManager, by the trial's namespace and
// name. The interface between that service and the two owners of rows: a table of the store for
// trials that are not Hone's (db/sql), and the experiments of the tuner for trials that are.
// Thread-safe: any thread may call any method.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/core/result.h"
#include "proto/model/observation.h"

namespace hone::db {

/// Identifies the log of one trial.
struct LogKey {
  std::string ns = "default";
  /// The trial's name.
  std::string trial;
  bool operator==(const LogKey&) const = default;
  /// The text that ParseLogKey parses to this key; unique for each log.
  [[nodiscard]] std::string ToString() const;
};
/// DBManager's protocol has a name and no namespace: a name is "trial", in namespace "default", or
/// "namespace/trial". Katib's own names have no "/".
LogKey ParseLogKey(std::string_view trial_name);

struct LogSize {
  std::uint64_t rows = 0;
  /// Total number of characters of all names and values.
  std::uint64_t characters = 0;
};

class ObservationLogs {
 public:
  virtual ~ObservationLogs() = default;

  /// Appends rows; their sequence and step are assigned here. All of them or none; stored when it
  /// returns. kFailedPrecondition if the trial accepts no more.
  [[nodiscard]] virtual Status Append(const LogKey& key, std::span<const Observation> rows) = 0;
  /// In order of arrival; empty if the trial is not known.
  [[nodiscard]] virtual Result<std::vector<Observation>> List(const LogKey& key) = 0;
  /// The number of rows; fast for any number.
  [[nodiscard]] virtual Result<std::uint64_t> Count(const LogKey& key) = 0;
  /// Reads all rows, but holds few of them at a time.
  [[nodiscard]] virtual Result<LogSize> Measure(const LogKey& key) = 0;
  /// Deletes the rows; an unknown trial is no error. kFailedPrecondition if they may not be
  /// deleted.
  [[nodiscard]] virtual Status Delete(const LogKey& key) = 0;
};

}  // namespace hone::db
