// SearchArena: threads for searches, an arena of oneTBB. A task that takes long keeps one of them
// and delays none that another one can take. Any thread may give it tasks; the destructor drops
// those that have not begun, and waits for the others.
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

  /// How many tasks wait at once is bounded by who gives them: one for each experiment.
  void Run(std::function<void()> task);

 private:
  struct Threads;
  /// On a thread of the arena: runs tasks until for a while there are none.
  void RunTasks();
  /// Empty if it is time to leave.
  [[nodiscard]] std::function<void()> AwaitTask() HONE_REQUIRES(mutex_);

  const std::size_t threads_max_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<std::function<void()>> waiting_ HONE_GUARDED_BY(mutex_);
  /// Threads that are here, or on their way, and how many of them wait for a task.
  std::size_t present_ HONE_GUARDED_BY(mutex_) = 0;
  std::size_t idle_ HONE_GUARDED_BY(mutex_) = 0;
  bool is_ending_ HONE_GUARDED_BY(mutex_) = false;
  const std::unique_ptr<Threads> threads_;
};

}  // namespace hone::suggestion
