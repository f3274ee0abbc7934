// ObservationLogs: what trials report through api.v1.beta1.DBManager, by the trial's namespace and
// name. The seam between that service and whoever keeps the rows: a table of the store for trials
// that are not Hone's (db/sql), the studies of the tuner for those that are. Thread-safe: any
// thread may call any method.
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

/// Whose log it is.
struct LogKey {
  std::string ns = "default";
  /// The trial's name.
  std::string trial;
  bool operator==(const LogKey&) const = default;
  /// What ParseLogKey reads as this; each log has one.
  [[nodiscard]] std::string ToString() const;
};
/// DBManager's protocol has a name and no namespace: a name is "trial", of namespace "default", or
/// "namespace/trial". Katib's own names have no "/".
LogKey ParseLogKey(std::string_view trial_name);

struct LogSize {
  std::uint64_t rows = 0;
  /// The characters of all names and values.
  std::uint64_t characters = 0;
};

class ObservationLogs {
 public:
  virtual ~ObservationLogs() = default;

  /// Adds rows behind those that are there; their sequence and step are given here. All of them or
  /// none; kept when it returns. kFailedPrecondition if the trial takes no more.
  [[nodiscard]] virtual Status Append(const LogKey& key, std::span<const Observation> rows) = 0;
  /// In order of arrival; none if the trial is not known.
  [[nodiscard]] virtual Result<std::vector<Observation>> List(const LogKey& key) = 0;
  /// How many there are; fast however many that is.
  [[nodiscard]] virtual Result<std::uint64_t> Count(const LogKey& key) = 0;
  /// Looks at all rows, but holds few of them at a time.
  [[nodiscard]] virtual Result<LogSize> Measure(const LogKey& key) = 0;
  /// Forgets them; unknown trials are fine. kFailedPrecondition if they may not be forgotten.
  [[nodiscard]] virtual Status Delete(const LogKey& key) = 0;
};

}  // namespace hone::db
