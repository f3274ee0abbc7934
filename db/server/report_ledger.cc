#include "db/server/report_ledger.h"

#include <algorithm>
#include <functional>
#include <string>

namespace hone::db {
namespace {

/// Stafford's variant 13 of a 64-bit finaliser.
std::uint64_t Mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

std::uint64_t SumOf(std::string_view metric, std::string_view value) {
  const std::hash<std::string_view> hash;
  return Mix(Mix(hash(metric)) + hash(value));
}

std::uint64_t SumWithTime(std::uint64_t sum, Time time) {
  return Mix(sum + Mix(static_cast<std::uint64_t>(time.time_since_epoch().count())));
}

}  // namespace

std::vector<Observation> ReportLedger::FindNew(std::span<const ReportedRow> report,
                                               Time arrival) const {
  std::vector<Observation> found;
  if (IsRepetition(report)) {
    return found;
  }
  // Of the rows that are stored at all.
  std::unordered_map<std::uint64_t, std::uint32_t> seen;
  for (const ReportedRow& row : report) {
    if (row.time) {
      const std::uint64_t sum = SumWithTime(SumOf(row.metric, row.value), *row.time);
      const auto stored = counts_.find(sum);
      if (stored != counts_.end() && ++seen[sum] <= stored->second) {
        continue;
      }
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
    bytes_ += row.metric.size() + row.value.size();
  }
}

bool ReportLedger::IsRepetition(std::span<const ReportedRow> report) const {
  // From the newest on: what is no repetition mostly differs there.
  return report.size() <= rows_.size() &&
         std::equal(report.rbegin(),
                    report.rend(),
                    rows_.rbegin(),
                    [](const ReportedRow& row, const Row& stored) {
                      return row.time.value_or(stored.time) == stored.time &&
                             SumOf(row.metric, row.value) == stored.sum;
                    });
}

}  // namespace hone::db
