// SimulatedClock: a clock that only the simulation advances. Not thread-safe.
#pragma once

#include "proto/core/time.h"

namespace hone::controller {

class SimulatedClock final : public Clock {
 public:
  [[nodiscard]] Time Now() const override { return now_; }
  [[nodiscard]] Duration Elapsed() const override { return now_.time_since_epoch(); }
  void AdvanceTo(Time time) {
    if (time > now_) {
      now_ = time;
    }
  }

 private:
  Time now_{std::chrono::hours(24 * 365 * 50)};
};

}  // namespace hone::controller
