// Signals that ask the program to end, heard through a descriptor instead of a handler. Owned by
// a host or a server; must be made before the first thread is, which inherits the mask.
#pragma once

#include <memory>
#include <vector>

#include "controller/cli/world.h"

namespace hone::controller {

class SignalQueue {
 public:
  /// Blocks SIGINT, SIGTERM and SIGHUP, except those that the program was started to ignore
  /// (nohup, background jobs), until it is destroyed.
  static Result<std::unique_ptr<SignalQueue>> Make();
  virtual ~SignalQueue() = default;
  [[nodiscard]] virtual int fd() const = 0;
  /// The signals that have arrived since the last call.
  virtual std::vector<Host::Signal> Take() = 0;
};

}  // namespace hone::controller
