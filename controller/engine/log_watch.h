// LogWatch: calls a function on the thread of an EventLoop when the log of a store has moved on,
// whichever process wrote it. A thread of its own waits in the store, and rests after each call, so
// that a busy writer costs its readers a bounded number of wake-ups a second. It ends the waits of
// its store (Store::EndWaits), so it is made last and ended first of what uses the store.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "controller/engine/task_queue.h"
#include "db/store/store.h"

namespace hone::controller {

class LogWatch {
 public:
  /// `on_change` is called after each change, at most once in `rest`, and once after the start.
  /// `store` and `tasks` must outlive it.
  static std::unique_ptr<LogWatch> Start(db::Store& store,
                                         TaskQueue& tasks,
                                         std::chrono::milliseconds rest,
                                         std::function<void()> on_change);
  virtual ~LogWatch() = default;
};

}  // namespace hone::controller
