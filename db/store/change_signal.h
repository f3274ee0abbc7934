// ChangeSignal: where threads wait for the next change of a store. It knows the sequence of the
// newest change: a commit of this process tells it; for commits of other processes it only learns
// that there may be one, and then one of the waiting threads reads the newest sequence.
// Thread-safe; all waiting threads must have returned before it is destroyed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

#include "proto/core/mutex.h"
#include "proto/core/result.h"

namespace hone::db {

class ChangeSignal {
 public:
  using ReadNewest = std::function<Result<std::uint64_t>()>;
  /// `read_newest` returns the sequence of the newest change; called on waiting threads.
  explicit ChangeSignal(ReadNewest read_newest) : read_newest_(std::move(read_newest)) {}

  /// The changes up to `newest` can be read.
  void Tell(std::uint64_t newest);
  /// Another process may have committed something.
  void Stir();
  /// Store::EndWaits.
  void End();

  /// Store::WaitForChange.
  [[nodiscard]] Result<bool> Wait(std::uint64_t cursor,
                                  std::chrono::steady_clock::time_point deadline);

 private:
  /// Reads the sequence of the newest change, without holding the mutex; other threads wait
  /// meanwhile.
  Status Read() HONE_REQUIRES(mutex_);

  const ReadNewest read_newest_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::uint64_t newest_ HONE_GUARDED_BY(mutex_) = 0;
  /// There may be changes above `newest_`.
  bool is_stirred_ HONE_GUARDED_BY(mutex_) = true;
  bool is_being_read_ HONE_GUARDED_BY(mutex_) = false;
  bool has_ended_ HONE_GUARDED_BY(mutex_) = false;
};

}  // namespace hone::db
