// TaskQueue: functions that other threads want to be run on the thread of an EventLoop, behind a
// descriptor that the loop waits for. Any thread may push; the loop's thread runs them in order.
// Whoever pushes bounds how much: every push is a call that waits, or an end that is told once.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "controller/local/event_loop.h"
#include "controller/local/file_descriptor.h"
#include "proto/core/mutex.h"
#include "proto/core/result.h"

namespace hone::controller {

class TaskQueue {
 public:
  using Task = std::function<void()>;
  /// The queue takes itself out of `loop` when it ends.
  static Result<std::unique_ptr<TaskQueue>> Make(EventLoop& loop);
  TaskQueue(const TaskQueue&) = delete;
  TaskQueue& operator=(const TaskQueue&) = delete;
  ~TaskQueue();

  void Push(Task task);

 private:
  TaskQueue(EventLoop& loop, FileDescriptor fd) : loop_(loop), fd_(std::move(fd)) {}
  void Run();

  EventLoop& loop_;
  const FileDescriptor fd_;
  Mutex mutex_;
  std::vector<Task> tasks_ HONE_GUARDED_BY(mutex_);
};

}  // namespace hone::controller
