#include "controller/engine/wake_queue.h"

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace hone::controller {

Result<std::unique_ptr<WakeQueue>> WakeQueue::Make() {
  const int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fd < 0) {
    return Fail(Code::kResourceExhausted,
                "making an event descriptor: " + std::generic_category().message(errno));
  }
  return std::unique_ptr<WakeQueue>(new WakeQueue(fd));
}

WakeQueue::~WakeQueue() {
  ::close(fd_);
}

void WakeQueue::Push(const ExperimentKey& key) {
  const MutexLock lock(mutex_);
  keys_.insert(key);
  const std::uint64_t one = 1;
  // It fails only when the counter is full: then it is readable anyway.
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
}

std::set<ExperimentKey> WakeQueue::Take() {
  const MutexLock lock(mutex_);
  std::uint64_t count = 0;
  [[maybe_unused]] const auto taken = ::read(fd_, &count, sizeof count);
  return std::exchange(keys_, {});
}

}  // namespace hone::controller
