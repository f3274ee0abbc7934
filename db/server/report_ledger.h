// ReportLedger: which rows of one trial's log are stored, so that a report that comes again adds
// nothing. Katib's protocol has no id for a report: the rows decide, by two rules.
//   1. The longest beginning of a report that equals the newest rows is stored already: a call that
//      is tried again, or a collector that sends its whole log again, with more behind it.
//   2. Of the rest, a row is stored already if an equal one is and its time names it. A time names
//      a row if it is finer than a second, or older than the newest. Whole seconds of the newest
//      time do not: a trial that reports 0.5, 0.9 and 0.5 within one second has reported three
//      values.
// Keeps a sum of 64 bits for each row and not the row. A plain value: it belongs to one thread at a
// time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proto/core/time.h"
#include "proto/model/observation.h"

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

  /// The rows of `report` that are to be stored, in order. Those without a time get `arrival`, and
  /// are known again only if the whole report equals the newest rows.
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
  [[nodiscard]] bool NamesARow(Time time) const;
  [[nodiscard]] bool IsRepetition(std::span<const ReportedRow> report) const;
  /// How long the longest beginning of `report` is that equals the newest rows.
  [[nodiscard]] std::size_t CountKnown(std::span<const ReportedRow> report) const;

  std::vector<Row> rows_;
  /// How often the row of a sum (time, metric and value) is stored.
  std::unordered_map<std::uint64_t, std::uint32_t> counts_;
  std::optional<Time> newest_;
  std::size_t bytes_ = 0;
};

}  // namespace hone::db
