// StandingClock: a clock that only the test advances. Written by one thread before others read it.
#pragma once

#include "proto/core/time.h"

namespace hone::db {

class StandingClock final : public Clock {
 public:
  [[nodiscard]] Time Now() const override { return now; }
  [[nodiscard]] Duration Elapsed() const override { return {}; }
  Time now{std::chrono::seconds(1'800'000'000)};  // 2027-01-15T08:00:00Z
};

}  // namespace hone::db
