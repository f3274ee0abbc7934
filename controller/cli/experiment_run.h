// What `hone run` and `hone resume` have in common: a host is opened, which controls one experiment
// until it rests; it is shown meanwhile, and summed up. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controller/cli/command.h"
#include "proto/model/experiment_key.h"

namespace hone::controller {

struct RunHost {
  std::unique_ptr<Host> host;
  /// What the host warned of and nobody has read yet.
  std::shared_ptr<std::vector<std::string>> warnings;
};

/// Opens a host for this command, and says which one it is if that matters.
Result<RunHost> OpenHost(const Session& session);

/// Has a stored experiment controlled until it rests, by another host if the one that was joined
/// ends; prints the result; returns the exit code.
Result<int> ControlExperiment(const Session& session,
                              RunHost& run,
                              const ControlRequest& request,
                              Format format);

}  // namespace hone::controller
