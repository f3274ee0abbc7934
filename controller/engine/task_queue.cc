#include "controller/engine/task_queue.h"

#include <cstdint>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

#include "controller/local/system_failure.h"

namespace hone::controller {

Result<std::unique_ptr<TaskQueue>> TaskQueue::Make(EventLoop& loop) {
  FileDescriptor fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!fd.is_open()) {
    return SystemFailure("making an event descriptor", errno);
  }
  std::unique_ptr<TaskQueue> queue(new TaskQueue(loop, std::move(fd)));
  HONE_RETURN_IF_ERROR(loop.Add(queue->fd_.get(), [self = queue.get()] { self->Run(); }));
  return queue;
}

TaskQueue::~TaskQueue() {
  loop_.Remove(fd_.get());
}

void TaskQueue::Push(Task task) {
  const MutexLock lock(mutex_);
  tasks_.push_back(std::move(task));
  const std::uint64_t one = 1;
  // It fails only when the counter is full: then it is readable anyway.
  [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);
}

void TaskQueue::Run() {
  std::vector<Task> tasks;
  {
    const MutexLock lock(mutex_);
    std::uint64_t count = 0;
    [[maybe_unused]] const auto taken = ::read(fd_.get(), &count, sizeof count);
    tasks.swap(tasks_);
  }
  for (const Task& task : tasks) {
    task();
  }
}

}  // namespace hone::controller
