// WakeQueue: keys of experiments that other threads wake, behind a descriptor that an EventLoop
// waits for. Any thread may push; one takes.
#pragma once

#include <memory>
#include <set>

#include "proto/core/mutex.h"
#include "proto/core/result.h"
#include "proto/model/experiment_key.h"

namespace hone::controller {

class WakeQueue {
 public:
  static Result<std::unique_ptr<WakeQueue>> Make();
  WakeQueue(const WakeQueue&) = delete;
  WakeQueue& operator=(const WakeQueue&) = delete;
  ~WakeQueue();

  /// Readable while there is something to take.
  [[nodiscard]] int fd() const { return fd_; }
  void Push(const ExperimentKey& key);
  [[nodiscard]] std::set<ExperimentKey> Take();

 private:
  explicit WakeQueue(int fd) : fd_(fd) {}

  int fd_;
  Mutex mutex_;
  std::set<ExperimentKey> keys_ HONE_GUARDED_BY(mutex_);
};

}  // namespace hone::controller
