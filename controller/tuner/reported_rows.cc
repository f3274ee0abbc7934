#include "controller/tuner/reported_rows.h"

#include <algorithm>

namespace hone::controller {

void ReportedRows::Add(std::span<const Observation> rows) {
  for (const Observation& row : rows) {
    last_sequence_ = std::max(last_sequence_, row.sequence);
    last_time_ = std::max(last_time_, row.time);
    Steps& steps = steps_[row.metric];
    steps.known.insert(row.step);
    ++steps.count;
  }
}

bool ReportedRows::Has(const std::string& metric, std::int64_t step) const {
  const auto found = steps_.find(metric);
  return found != steps_.end() && found->second.known.contains(step);
}

std::int64_t ReportedRows::CountOf(const std::string& metric) const {
  const auto found = steps_.find(metric);
  return found == steps_.end() ? 0 : found->second.count;
}

}  // namespace hone::controller
