// EventLoop: waits for file descriptors and timers (epoll). All events of the embedded program
// arrive here: process ends (pidfd), output pipes, signals. Owned and run by one thread. Callbacks
// may call any method but Wait, and may close descriptors that they have removed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "proto/core/result.h"
#include "proto/core/time.h"

namespace hone::controller {

class EventLoop {
 public:
  using Callback = std::function<void()>;
  static Result<std::unique_ptr<EventLoop>> Make();
  virtual ~EventLoop() = default;

  /// Calls `callback` whenever `fd` is readable (or hung up), until Remove.
  [[nodiscard]] virtual Status Add(int fd, Callback callback) = 0;
  virtual void Remove(int fd) = 0;
  /// Calls `callback` once after `delay`; returns a number for CancelTimer.
  virtual std::uint64_t StartTimer(Duration delay, Callback callback) = 0;
  virtual void CancelTimer(std::uint64_t timer) = 0;
  /// Waits until an event arrives or `timeout` has passed (nothing: no limit), and runs every
  /// callback that is due, once.
  virtual void Wait(std::optional<Duration> timeout) = 0;
};

}  // namespace hone::controller
