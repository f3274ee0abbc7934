// ChangeSignal: where threads wait for the next change of a store. Knows how far the log goes: who
// commits tells it; of what others may have committed it is told only that there may be something,
// and then one of those who wait reads how far the log goes now. Thread-safe; whoever waits must
// have returned before it ends.
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
  /// `read_newest` answers the sequence of the newest change; called from threads that wait.
  explicit ChangeSignal(ReadNewest read_newest) : read_newest_(std::move(read_newest)) {}

  /// The changes up to `newest` can be read.
  void Tell(std::uint64_t newest);
  /// Others may have committed something.
  void Stir();
  /// Store::EndWaits.
  void End();

  /// Store::WaitForChange.
  [[nodiscard]] Result<bool> Wait(std::uint64_t cursor,
                                  std::chrono::steady_clock::time_point deadline);

 private:
  /// Reads how far the log goes; others wait meanwhile.
  Status Read() HONE_REQUIRES(mutex_);

  const ReadNewest read_newest_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::uint64_t newest_ HONE_GUARDED_BY(mutex_) = 0;
  /// There may be more than `newest_` says.
  bool is_stirred_ HONE_GUARDED_BY(mutex_) = true;
  bool is_being_read_ HONE_GUARDED_BY(mutex_) = false;
  bool has_ended_ HONE_GUARDED_BY(mutex_) = false;
};

}  // namespace hone::db
