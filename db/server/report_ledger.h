// ReportLedger: which rows of one trial's log are stored, so that a repeated report adds nothing.
// Katib's protocol has no id for a report: duplicates are found by the rows, with two rules.
//   1. The longest prefix of a report that equals the newest rows is stored already: the call is a
//      retry, or a collector sends its whole log again, with more rows at the end.
//   2. Of the rest, a row is stored already if an equal row is stored and its time identifies it. A
//      time identifies a row if it is finer than a second, or older than the newest. Whole seconds
//      of the newest time do not: a trial that reports 0.5, 0.9 and 0.5 within one second has
//      reported three values.
// Keeps a fingerprint of each row instead of the row. A plain value: it belongs to one thread at a
// time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proto/core/fingerprint.h"
#include "proto/core/time.h"
#include "proto/model/observation.h"

namespace hone::db {

/// A row of a report. The texts belong to the report.
struct ReportedRow {
  std::optional<Time> time;
  std::string_view metric;
  std::string_view value;
};

class ReportLedger {
 public:
  /// `stored` is the whole log, in order of arrival.
  explicit ReportLedger(std::span<const Observation> stored) { Add(stored); }

  /// The rows of `report` that have to be stored, in order. Rows without a time get `arrival`, and
  /// are recognised as duplicates only if the whole report equals the newest rows.
  [[nodiscard]] std::vector<Observation> FindNew(std::span<const ReportedRow> report,
                                                 Time arrival) const;
  /// `rows` have been stored after the existing ones.
  void Add(std::span<const Observation> rows);

  [[nodiscard]] std::size_t rows() const { return rows_.size(); }
  /// Total size of the names and values of all rows.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Row {
    /// The fingerprint of metric and value.
    Fingerprint fingerprint;
    Time time;
  };
  [[nodiscard]] bool NamesARow(Time time) const;
  [[nodiscard]] bool IsRepetition(std::span<const ReportedRow> report) const;
  /// The length of the longest prefix of `report` that equals the newest rows.
  [[nodiscard]] std::size_t CountKnown(std::span<const ReportedRow> report) const;

  std::vector<Row> rows_;
  /// The number of stored rows by the fingerprint of time, metric and value.
  std::unordered_map<Fingerprint, std::uint32_t, FingerprintHash> counts_;
  std::optional<Time> newest_;
  std::size_t bytes_ = 0;
};

}  // namespace hone::db
