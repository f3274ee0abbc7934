#include "db/server/report_ledger.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace hone::db {
namespace {

/// The roles of a row's fields in its fingerprint.
constexpr std::uint64_t kMetric = 1;
constexpr std::uint64_t kValue = 2;
constexpr std::uint64_t kTime = 3;

Fingerprint FingerprintOfRow(std::string_view metric, std::string_view value) {
  Fingerprint sum = FingerprintOf(kMetric, metric);
  return sum += FingerprintOf(kValue, value);
}

Fingerprint WithTime(Fingerprint row, Time time) {
  const Duration::rep count = time.time_since_epoch().count();
  char bytes[sizeof count];
  std::memcpy(bytes, &count, sizeof count);
  return row += FingerprintOf(kTime, {bytes, sizeof bytes});
}

}  // namespace

std::vector<Observation> ReportLedger::FindNew(std::span<const ReportedRow> report,
                                               Time arrival) const {
  std::vector<Observation> found;
  if (IsRepetition(report)) {
    return found;
  }
  // Rows of the report, seen so far, that match stored rows.
  std::unordered_map<Fingerprint, std::uint32_t, FingerprintHash> seen;
  const std::size_t known = CountKnown(report);
  for (std::size_t i = 0; i < report.size(); ++i) {
    const ReportedRow& row = report[i];
    bool is_stored = i < known;
    if (row.time) {
      const Fingerprint named = WithTime(FingerprintOfRow(row.metric, row.value), *row.time);
      const auto stored = counts_.find(named);
      is_stored = is_stored ||
                  (stored != counts_.end() && seen[named] < stored->second && NamesARow(*row.time));
      seen[named] += stored != counts_.end() ? 1U : 0U;
    }
    if (is_stored) {
      continue;
    }
    found.push_back({.metric = std::string(row.metric),
                     .value = std::string(row.value),
                     .time = row.time.value_or(arrival)});
  }
  return found;
}

void ReportLedger::Add(std::span<const Observation> rows) {
  for (const Observation& row : rows) {
    const Fingerprint fingerprint = FingerprintOfRow(row.metric, row.value);
    rows_.push_back({fingerprint, row.time});
    ++counts_[WithTime(fingerprint, row.time)];
    newest_ = std::max(newest_, std::optional(row.time));
    bytes_ += row.metric.size() + row.value.size();
  }
}

bool ReportLedger::NamesARow(Time time) const {
  return time.time_since_epoch() % std::chrono::seconds(1) != Duration(0) || time < newest_;
}

bool ReportLedger::IsRepetition(std::span<const ReportedRow> report) const {
  // Compared from the newest row on, where reports that are not duplicates usually differ.
  return report.size() <= rows_.size() &&
         std::equal(report.rbegin(),
                    report.rend(),
                    rows_.rbegin(),
                    [](const ReportedRow& row, const Row& stored) {
                      return row.time.value_or(stored.time) == stored.time &&
                             FingerprintOfRow(row.metric, row.value) == stored.fingerprint;
                    });
}

// Knuth, Morris and Pratt: the report is the pattern, the newest rows are the text.
std::size_t ReportLedger::CountKnown(std::span<const ReportedRow> report) const {
  std::vector<Fingerprint> named;
  for (const ReportedRow& row : report) {
    if (!row.time) {
      break;
    }
    named.push_back(WithTime(FingerprintOfRow(row.metric, row.value), *row.time));
  }
  // borders[i]: the length of the longest proper prefix of named[0..i] that is also its suffix.
  std::vector<std::uint32_t> borders(named.size());
  const auto advance = [&](std::size_t matched, const Fingerprint& next) {
    while (matched > 0 && (matched == named.size() || named[matched] != next)) {
      matched = borders[matched - 1];
    }
    return matched < named.size() && named[matched] == next ? matched + 1 : matched;
  };
  for (std::size_t i = 1; i < named.size(); ++i) {
    borders[i] = static_cast<std::uint32_t>(advance(borders[i - 1], named[i]));
  }
  std::size_t matched = 0;
  const std::size_t compared = std::min(rows_.size(), named.size());
  for (const Row& row : std::span(rows_).last(compared)) {
    matched = advance(matched, WithTime(row.fingerprint, row.time));
  }
  return matched;
}

}  // namespace hone::db
