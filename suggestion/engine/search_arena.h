// SearchArena: threads for searches, an arena of oneTBB. A long task occupies one thread and delays
// no task that another thread can run. Any thread may add tasks; the destructor drops tasks that
// have not started, and waits for the others.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>

#include "proto/core/mutex.h"

namespace hone::suggestion {

class SearchArena {
 public:
  explicit SearchArena(std::size_t threads);
  ~SearchArena();
  SearchArena(const SearchArena&) = delete;
  SearchArena& operator=(const SearchArena&) = delete;

  /// Adds a task. The callers bound the number of waiting tasks: one for each experiment.
  void Run(std::function<void()> task);

 private:
  struct Threads;
  /// Runs tasks on a thread of the arena, until there has been none for a while.
  void RunTasks();
  /// The next task; empty if the thread is to leave the arena.
  [[nodiscard]] std::function<void()> AwaitTask() HONE_REQUIRES(mutex_);

  const std::size_t threads_max_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<std::function<void()>> waiting_ HONE_GUARDED_BY(mutex_);
  /// The number of threads that are in the arena or entering it, and of those that wait for a task.
  std::size_t present_ HONE_GUARDED_BY(mutex_) = 0;
  std::size_t idle_ HONE_GUARDED_BY(mutex_) = 0;
  bool is_ending_ HONE_GUARDED_BY(mutex_) = false;
  const std::unique_ptr<Threads> threads_;
};

}  // namespace hone::suggestion
