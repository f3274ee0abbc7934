// StoreLock: at most one hone controls a store. A lock on "<store>.lock", which also says who holds
// it. The kernel drops it with the process, however that ends; the file itself stays. It is an open
// file description lock (fcntl(2)): whether somebody holds it can be asked without taking it.
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
  /// kFailedPrecondition, naming the holder, if another process has it; kInvalidArgument if `store`
  /// is there and no file. Two names of one store have two locks: resolve links first.
  static Result<std::unique_ptr<StoreLock>> Acquire(const std::filesystem::path& store,
                                                    const LockHolder& self);
  /// Who holds the lock now; nothing if nobody does.
  static std::optional<LockHolder> Holder(const std::filesystem::path& store);
  virtual ~StoreLock() = default;
};

}  // namespace hone::controller
