#include "db/sqlite/write_queue.h"

#include <algorithm>

namespace hone::db {
namespace {

/// Bounds how long the first of a group waits for the others.
constexpr std::size_t kMostTogether = 64;

}  // namespace

Status WriteQueue::Write(const Work& work) {
  Request request{work, {}, false, {}};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&request);
  request.wake.wait(lock, [&] { return request.is_done || waiting_.front() == &request; });
  if (request.is_done) {
    return request.status;
  }
  const auto size = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kMostTogether));
  const std::vector<Request*> group(waiting_.begin(), waiting_.begin() + size);
  lock.unlock();
  RunTogether(group);
  lock.lock();
  waiting_.erase(waiting_.begin(), waiting_.begin() + size);
  for (Request* const done : group) {
    done->is_done = true;
    done->wake.notify_one();
  }
  if (!waiting_.empty()) {
    waiting_.front()->wake.notify_one();
  }
  return request.status;
}

// One fault undoes the group; then each has its own transaction, so that a bad one harms nobody.
void WriteQueue::RunTogether(const std::vector<Request*>& group) {
  if (group.size() > 1) {
    const Work all = [&](Driver& driver) -> Status {
      for (const Request* const request : group) {
        HONE_RETURN_IF_ERROR(request->work(driver));
      }
      return {};
    };
    if (RunAlone(all)) {
      return;
    }
  }
  for (Request* const request : group) {
    request->status = RunAlone(request->work);
  }
}

Status WriteQueue::RunAlone(const Work& work) {
  HONE_RETURN_IF_ERROR(driver_.Begin());
  Status status = work(driver_);
  if (status) {
    status = driver_.Commit();
  }
  if (!status) {
    driver_.Rollback();
  }
  return status;
}

}  // namespace hone::db
