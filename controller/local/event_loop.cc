#include "controller/local/event_loop.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <unordered_map>
#include <utility>

#include <sys/epoll.h>

#include "controller/local/file_descriptor.h"
#include "controller/local/system_failure.h"

namespace hone::controller {
namespace {

/// Descriptors served in one turn; other ready ones wait for the next turn.
constexpr std::size_t kEventsPerTurn = 64;

class EpollLoop final : public EventLoop {
 public:
  explicit EpollLoop(FileDescriptor epoll) : epoll_(std::move(epoll)) {}

  Status Add(int fd, Callback callback) override {
    const std::uint32_t generation = ++generation_;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = std::uint64_t{generation} << 32U | static_cast<std::uint32_t>(fd);
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
      return SystemFailure("waiting for file descriptor " + std::to_string(fd), errno);
    }
    watches_[fd] = {generation, std::make_shared<Callback>(std::move(callback))};
    return {};
  }

  void Remove(int fd) override {
    if (watches_.erase(fd) != 0) {
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    }
  }

  std::uint64_t StartTimer(Duration delay, Callback callback) override {
    const std::uint64_t timer = ++newest_timer_;
    const Duration deadline = clock_.Elapsed() + std::max(delay, Duration{0});
    timers_.emplace(std::pair(deadline, timer), std::move(callback));
    deadlines_.emplace(timer, deadline);
    return timer;
  }

  void CancelTimer(std::uint64_t timer) override {
    if (const auto found = deadlines_.find(timer); found != deadlines_.end()) {
      timers_.erase({found->second, timer});
      deadlines_.erase(found);
    }
  }

  void Wait(std::optional<Duration> timeout) override {
    std::array<epoll_event, kEventsPerTurn> events{};
    const int count = ::epoll_wait(
        epoll_.get(), events.data(), static_cast<int>(events.size()), Milliseconds(timeout));
    for (int i = 0; i < count; ++i) {
      Dispatch(events[static_cast<std::size_t>(i)].data.u64);
    }
    RunTimers();
  }

 private:
  struct Watch {
    /// Distinguishes the descriptor that an event was meant for from a later one with the same
    /// number.
    std::uint32_t generation = 0;
    std::shared_ptr<Callback> callback;
  };

  void Dispatch(std::uint64_t tag) {
    const auto found = watches_.find(static_cast<int>(tag & 0xffffffffU));
    if (found == watches_.end() || found->second.generation != tag >> 32U) {
      return;  // removed by a callback of this turn
    }
    const std::shared_ptr<Callback> callback = found->second.callback;
    (*callback)();
  }

  /// Timers started by a callback run in the next turn, so every turn ends.
  void RunTimers() {
    const std::uint64_t newest = newest_timer_;
    const Duration now = clock_.Elapsed();
    while (!timers_.empty()) {
      const auto first = timers_.begin();
      const auto [deadline, timer] = first->first;
      if (deadline > now || timer > newest) {
        return;
      }
      const Callback callback = std::move(first->second);
      timers_.erase(first);
      deadlines_.erase(timer);
      callback();
    }
  }

  /// The timeout for epoll_wait, rounded up: a timer is never early, and waiting for one never
  /// spins.
  [[nodiscard]] int Milliseconds(std::optional<Duration> timeout) const {
    if (!timers_.empty()) {
      const Duration next = timers_.begin()->first.first - clock_.Elapsed();
      timeout = std::min(timeout.value_or(next), next);
    }
    if (!timeout) {
      return -1;
    }
    const auto count = std::chrono::ceil<std::chrono::milliseconds>(*timeout).count();
    return static_cast<int>(std::clamp<std::int64_t>(count, 0, std::numeric_limits<int>::max()));
  }

  FileDescriptor epoll_;
  SystemClock clock_;
  std::unordered_map<int, Watch> watches_;
  std::uint32_t generation_ = 0;
  std::map<std::pair<Duration, std::uint64_t>, Callback> timers_;
  std::unordered_map<std::uint64_t, Duration> deadlines_;
  std::uint64_t newest_timer_ = 0;
};

}  // namespace

Result<std::unique_ptr<EventLoop>> EventLoop::Make() {
  FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.is_open()) {
    return SystemFailure("making an event loop", errno);
  }
  return std::make_unique<EpollLoop>(std::move(epoll));
}

}  // namespace hone::controller
