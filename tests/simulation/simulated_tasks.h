// SimulatedTasks: tasks beside the controller, in virtual time: each task takes a given time and
// has its effects at its end. One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "tests/simulation/simulated_clock.h"

namespace hone::controller {

class SimulatedTasks {
 public:
  explicit SimulatedTasks(const SimulatedClock& clock) : clock_(clock) {}

  void Add(Duration takes, std::function<void()> task) {
    tasks_.emplace(clock_.Now() + takes, std::move(task));
  }
  /// Ends the tasks that are due.
  void Progress() {
    while (!tasks_.empty() && tasks_.begin()->first <= clock_.Now()) {
      const std::function<void()> task = std::move(tasks_.begin()->second);
      tasks_.erase(tasks_.begin());
      task();
    }
  }
  [[nodiscard]] std::optional<Time> NextEnd() const {
    return tasks_.empty() ? std::nullopt : std::optional(tasks_.begin()->first);
  }
  /// The process has crashed: all tasks are dropped.
  void Drop() { tasks_.clear(); }

 private:
  const SimulatedClock& clock_;
  std::multimap<Time, std::function<void()>> tasks_;
};

}  // namespace hone::controller
