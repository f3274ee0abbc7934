#include "db/server/report_ledger.h"

#include <algorithm>
#include <functional>
#include <string>

#include "proto/core/mixed_bits.h"

namespace hone::db {
namespace {

std::uint64_t SumOf(std::string_view metric, std::string_view value) {
  const std::hash<std::string_view> hash;
  return Finalised(Finalised(hash(metric)) + hash(value));
}

std::uint64_t SumWithTime(std::uint64_t sum, Time time) {
  return Finalised(sum + Finalised(static_cast<std::uint64_t>(time.time_since_epoch().count())));
}

}  // namespace

std::vector<Observation> ReportLedger::FindNew(std::span<const ReportedRow> report,
                                               Time arrival) const {
  std::vector<Observation> found;
  if (IsRepetition(report)) {
    return found;
  }
  // Rows of the report, seen so far, that match stored rows.
  std::unordered_map<std::uint64_t, std::uint32_t> seen;
  const std::size_t known = CountKnown(report);
  for (std::size_t i = 0; i < report.size(); ++i) {
    const ReportedRow& row = report[i];
    bool is_stored = i < known;
    if (row.time) {
      const std::uint64_t sum = SumWithTime(SumOf(row.metric, row.value), *row.time);
      const auto stored = counts_.find(sum);
      is_stored = is_stored ||
                  (stored != counts_.end() && seen[sum] < stored->second && NamesARow(*row.time));
      seen[sum] += stored != counts_.end() ? 1U : 0U;
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
    const std::uint64_t sum = SumOf(row.metric, row.value);
    rows_.push_back({sum, row.time});
    ++counts_[SumWithTime(sum, row.time)];
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
                             SumOf(row.metric, row.value) == stored.sum;
                    });
}

// Knuth, Morris and Pratt: the report is the pattern, the newest rows are the text.
std::size_t ReportLedger::CountKnown(std::span<const ReportedRow> report) const {
  std::vector<std::uint64_t> sums;
  for (const ReportedRow& row : report) {
    if (!row.time) {
      break;
    }
    sums.push_back(SumWithTime(SumOf(row.metric, row.value), *row.time));
  }
  // borders[i]: the length of the longest proper prefix of sums[0..i] that is also its suffix.
  std::vector<std::uint32_t> borders(sums.size());
  const auto advance = [&](std::size_t matched, std::uint64_t sum) {
    while (matched > 0 && (matched == sums.size() || sums[matched] != sum)) {
      matched = borders[matched - 1];
    }
    return matched < sums.size() && sums[matched] == sum ? matched + 1 : matched;
  };
  for (std::size_t i = 1; i < sums.size(); ++i) {
    borders[i] = static_cast<std::uint32_t>(advance(borders[i - 1], sums[i]));
  }
  std::size_t matched = 0;
  const std::size_t compared = std::min(rows_.size(), sums.size());
  for (const Row& row : std::span(rows_).last(compared)) {
    matched = advance(matched, SumWithTime(row.sum, row.time));
  }
  return matched;
}

}  // namespace hone::db
