// Compiled without the thread sanitizer, which does not see how oneTBB passes a call to a thread.
// It does see locks: tasks are passed under the arena's lock, and the arena itself under
// `handing_over`.
#include "suggestion/engine/search_arena.h"

#include <chrono>
#include <utility>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace hone::suggestion {
namespace {

/// How long a thread without a task waits here before it returns to oneTBB, which first spins for
/// 0.2 ms in search of other work: too much after each of a thousand suggestions a second.
constexpr auto kLinger = std::chrono::seconds(1);

Mutex handing_over;

}  // namespace

struct SearchArena::Threads {
  explicit Threads(std::size_t threads)
      : allowed(tbb::global_control::max_allowed_parallelism, threads + 1),
        arena(static_cast<int>(threads), 0) {}

  /// Plus one for the calling thread, which never runs tasks. Without this control oneTBB allows as
  /// many threads as cores.
  const tbb::global_control allowed;
  tbb::task_arena arena;
};

SearchArena::SearchArena(std::size_t threads)
    : threads_max_(threads), threads_(std::make_unique<Threads>(threads)) {}

SearchArena::~SearchArena() {
  std::deque<std::function<void()>> dropped;
  {
    const MutexLock lock(mutex_);
    is_ending_ = true;
    dropped.swap(waiting_);
  }
  dropped.clear();
  changed_.NotifyAll();
  const MutexLock lock(mutex_);
  while (present_ > 0) {
    changed_.Wait(mutex_);
  }
}

void SearchArena::Run(std::function<void()> task) {
  bool is_thread_wanted = false;
  {
    const MutexLock lock(mutex_);
    waiting_.push_back(std::move(task));
    is_thread_wanted = waiting_.size() > idle_ && present_ < threads_max_;
    present_ += is_thread_wanted ? 1 : 0;
  }
  if (is_thread_wanted) {
    { const MutexLock lock(handing_over); }
    threads_->arena.enqueue([this] { RunTasks(); });
  } else {
    changed_.NotifyOne();
  }
}

void SearchArena::RunTasks() {
  { const MutexLock lock(handing_over); }
  mutex_.Lock();
  while (std::function<void()> task = AwaitTask()) {
    mutex_.Unlock();
    task();
    task = nullptr;  // destroys its captures without the lock
    mutex_.Lock();
  }
  --present_;
  changed_.NotifyAll();
  mutex_.Unlock();
}

std::function<void()> SearchArena::AwaitTask() {
  const auto end = std::chrono::steady_clock::now() + kLinger;
  ++idle_;
  while (waiting_.empty() && !is_ending_ && changed_.WaitUntil(mutex_, end)) {
  }
  --idle_;
  if (waiting_.empty()) {
    return nullptr;
  }
  std::function<void()> task = std::move(waiting_.front());
  waiting_.pop_front();
  return task;
}

}  // namespace hone::suggestion
