// Opening a Host: this process takes the store, or joins the process that has it.
#pragma once

#include <memory>

#include "controller/cli/world.h"

namespace hone::controller {

/// See WorldFactory::open_host. kFailedPrecondition if another process has the store and cannot be
/// joined.
Result<std::unique_ptr<Host>> OpenHost(const HostOptions& options);

}  // namespace hone::controller
