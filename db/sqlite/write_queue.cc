#include "db/sqlite/write_queue.h"

#include <algorithm>

namespace hone::db {
namespace {

/// Bounds how long the first request of a group waits for the others.
constexpr std::size_t kMostTogether = 64;

}  // namespace

Status WriteQueue::Write(const Work& work) {
  Request request{work, {}, false, {}};
  const std::vector<Request*> group = Await(request);
  if (!group.empty()) {
    RunTogether(group);
    Finish(group);
  }
  return request.status;
}

std::vector<WriteQueue::Request*> WriteQueue::Await(Request& request) {
  const MutexLock lock(mutex_);
  waiting_.push_back(&request);
  while (!request.is_done && waiting_.front() != &request) {
    request.wake.Wait(mutex_);
  }
  if (request.is_done) {
    return {};
  }
  const auto size = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kMostTogether));
  return {waiting_.begin(), waiting_.begin() + size};
}

void WriteQueue::Finish(const std::vector<Request*>& group) {
  const MutexLock lock(mutex_);
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(group.size()));
  for (Request* const done : group) {
    done->is_done = true;
    done->wake.NotifyOne();
  }
  if (!waiting_.empty()) {
    waiting_.front()->wake.NotifyOne();
  }
}

// One error rolls back the whole group; then each request gets its own transaction, so that only
// the bad one fails.
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
