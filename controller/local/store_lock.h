// StoreLock: at most one hone controls a store. A lock on "<store>.lock", a file that also names
// the holder. The kernel releases the lock when the process ends, however that happens; the file
// stays. It is an open file description lock (fcntl(2)), so another process can ask whether it is
// held without taking it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "proto/core/result.h"
#include "proto/core/time.h"

namespace hone::controller {

struct LockHolder {
  int pid = 0;
  std::string host;
  std::string command;
  Time since;
};

class StoreLock {
 public:
  /// kFailedPrecondition, naming the holder, if another process has the lock; kInvalidArgument if
  /// `store` exists and is not a file. Two names of one store have two locks: callers resolve links
  /// first.
  static Result<std::unique_ptr<StoreLock>> Acquire(const std::filesystem::path& store,
                                                    const LockHolder& self);
  /// The process that holds the lock now; nothing if the lock is free.
  static std::optional<LockHolder> Holder(const std::filesystem::path& store);
  virtual ~StoreLock() = default;
};

}  // namespace hone::controller
