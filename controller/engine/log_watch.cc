#include "controller/engine/log_watch.h"

#include <thread>
#include <utility>

#include "proto/core/mutex.h"

namespace hone::controller {
namespace {

using std::chrono::steady_clock;

/// A wait has a bound; nothing happens when it is reached.
constexpr std::chrono::hours kLogWaitMax{1};
/// After an error of the store.
constexpr std::chrono::seconds kRetryInterval{1};

class ThreadLogWatch final : public LogWatch {
 public:
  ThreadLogWatch(db::Store& store,
                 TaskQueue& tasks,
                 std::chrono::milliseconds rest,
                 std::function<void()> on_change)
      : store_(store),
        tasks_(tasks),
        rest_(rest),
        on_change_(std::make_shared<std::function<void()>>(std::move(on_change))),
        thread_([this] { Watch(); }) {}
  ThreadLogWatch(const ThreadLogWatch&) = delete;
  ThreadLogWatch& operator=(const ThreadLogWatch&) = delete;
  ThreadLogWatch(ThreadLogWatch&&) = delete;
  ThreadLogWatch& operator=(ThreadLogWatch&&) = delete;

  ~ThreadLogWatch() override {
    {
      const MutexLock lock(mutex_);
      is_ending_ = true;
    }
    ending_.NotifyAll();
    store_.EndWaits();
    thread_.join();
    *on_change_ = [] {
    };  // for a call that has not run yet
  }

 private:
  void Watch() {
    std::uint64_t cursor = 0;
    do {
      const Result<std::uint64_t> newest = store_.NewestChange();
      if (newest) {
        cursor = *newest;
        tasks_.Push([call = on_change_] { (*call)(); });
      }
    } while (Rest(rest_) && AwaitChange(cursor));
  }

  /// False at the end.
  bool AwaitChange(std::uint64_t cursor) {
    while (true) {
      const Result<bool> changed = store_.WaitForChange(cursor, steady_clock::now() + kLogWaitMax);
      if (!changed && changed.error().code == Code::kCancelled) {
        return false;
      }
      if (changed && *changed) {
        return true;
      }
      if (!changed) {
        return Rest(kRetryInterval);  // then everything is read anew
      }
    }
  }

  /// False at the end.
  bool Rest(std::chrono::milliseconds duration) {
    const steady_clock::time_point end = steady_clock::now() + duration;
    const MutexLock lock(mutex_);
    while (!is_ending_ && ending_.WaitUntil(mutex_, end)) {
    }
    return !is_ending_;
  }

  db::Store& store_;
  TaskQueue& tasks_;
  const std::chrono::milliseconds rest_;
  /// Outlives this in calls that have not run yet; they run on the thread that ends this.
  const std::shared_ptr<std::function<void()>> on_change_;
  Mutex mutex_;
  ConditionVariable ending_;
  bool is_ending_ HONE_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<LogWatch> LogWatch::Start(db::Store& store,
                                          TaskQueue& tasks,
                                          std::chrono::milliseconds rest,
                                          std::function<void()> on_change) {
  return std::make_unique<ThreadLogWatch>(store, tasks, rest, std::move(on_change));
}

}  // namespace hone::controller
