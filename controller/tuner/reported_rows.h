// ReportedRows: the steps of which one attempt of a trial has reported values, so that a repeated
// report adds nothing and the next one gets its number. Owned by a TunerStudy, under its lock.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>

#include "proto/model/observation.h"

namespace hone::controller {

/// Values of one attempt; more are refused.
inline constexpr std::uint64_t kReportedRowsMax = 1'000'000;

class ReportedRows {
 public:
  /// Adds rows that are stored, in their order.
  void Add(std::span<const Observation> rows);
  [[nodiscard]] bool Has(const std::string& metric, std::int64_t step) const;
  [[nodiscard]] std::uint64_t last_sequence() const { return last_sequence_; }
  [[nodiscard]] Time last_time() const { return last_time_; }
  /// How many values of the metric there are.
  [[nodiscard]] std::int64_t CountOf(const std::string& metric) const;

 private:
  std::uint64_t last_sequence_ = 0;
  Time last_time_;
  struct Steps {
    std::set<std::int64_t> known;
    std::int64_t count = 0;
  };
  std::map<std::string, Steps> steps_;
};

}  // namespace hone::controller
