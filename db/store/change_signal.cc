#include "db/store/change_signal.h"

#include <algorithm>

#include "db/store/change.h"

namespace hone::db {

void ChangeSignal::Tell(std::uint64_t newest) {
  const MutexLock lock(mutex_);
  if (newest > newest_) {
    newest_ = newest;
    changed_.NotifyAll();
  }
}

void ChangeSignal::Stir() {
  const MutexLock lock(mutex_);
  is_stirred_ = true;
  changed_.NotifyAll();
}

void ChangeSignal::End() {
  const MutexLock lock(mutex_);
  has_ended_ = true;
  changed_.NotifyAll();
}

Result<bool> ChangeSignal::Wait(std::uint64_t cursor,
                                std::chrono::steady_clock::time_point deadline) {
  const MutexLock lock(mutex_);
  // Another process may have committed while no thread waited.
  is_stirred_ = true;
  bool is_over = false;
  for (;;) {
    if (has_ended_) {
      return Fail(Code::kCancelled, "wait for a change: the store is being closed");
    }
    if (newest_ > cursor) {
      return true;
    }
    if (is_stirred_ && !is_being_read_) {
      HONE_RETURN_IF_ERROR(Read());
    } else if (!is_being_read_ && newest_ < cursor) {
      return tl::unexpected<Error>(CheckCursor(cursor, {0, newest_}).error());
    } else if (is_over) {
      return false;
    } else {
      is_over = !changed_.WaitUntil(mutex_, deadline);
    }
  }
}

Status ChangeSignal::Read() {
  is_stirred_ = false;
  is_being_read_ = true;
  mutex_.Unlock();
  const Result<std::uint64_t> newest = read_newest_();
  mutex_.Lock();
  is_being_read_ = false;
  is_stirred_ = is_stirred_ || !newest;  // after an error the next thread retries
  newest_ = std::max(newest_, newest.value_or(0));
  changed_.NotifyAll();
  return newest ? Status() : tl::unexpected<Error>(newest.error());
}

}  // namespace hone::db
