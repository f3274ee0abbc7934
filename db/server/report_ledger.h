// ReportLedger: which rows of one trial's log are stored, so that a report that comes again adds
// nothing. Katib's protocol has no id for a report: the rows decide. Keeps a sum of 64 bits for
// each row and not the row. A plain value: it belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proto/model/observation.h"
#include "proto/model/time.h"

namespace hone::db {

/// A row as a report has it. The texts are the report's.
struct ReportedRow {
  std::optional<Time> time;
  std::string_view metric;
  std::string_view value;
};

class ReportLedger {
 public:
  /// `stored` is the whole log, in order of arrival.
  explicit ReportLedger(std::span<const Observation> stored) { Add(stored); }

  /// The rows of `report` that are to be stored, in order. None if the report equals the newest
  /// rows (in time only where the report has one). Otherwise those without a time, which get
  /// `arrival`, and those with one that are not stored as often as the report has had them so far.
  [[nodiscard]] std::vector<Observation> FindNew(std::span<const ReportedRow> report,
                                                 Time arrival) const;
  /// They have been stored behind the others.
  void Add(std::span<const Observation> rows);

  [[nodiscard]] std::size_t rows() const { return rows_.size(); }
  /// Of the names and values of all rows.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Row {
    /// Of metric and value.
    std::uint64_t sum = 0;
    Time time;
  };
  [[nodiscard]] bool IsRepetition(std::span<const ReportedRow> report) const;

  std::vector<Row> rows_;
  /// How often the row of a sum (time, metric and value) is stored.
  std::unordered_map<std::uint64_t, std::uint32_t> counts_;
  std::size_t bytes_ = 0;
};

}  // namespace hone::db
