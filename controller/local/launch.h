// Launch: everything that is needed to start an attempt, prepared from its workload before any
// process is started. A plain value.
#pragma once

#include <filesystem>
#include <string>

#include "controller/local/checkpoint_folder.h"
#include "controller/local/process_runner.h"
#include "controller/local/program.h"
#include "controller/local/spawn.h"
#include "controller/local/volumes.h"
#include "controller/local/work_folder.h"

namespace hone::controller {

struct Launch {
  /// Its environment does not name the GPUs yet: they are assigned when the attempt starts.
  SpawnRequest request;
  /// The value of HONE_ATTEMPT.
  std::string marker;
  std::filesystem::path log;
  Volumes volumes;
  CheckpointFolder checkpoint;
  /// None if the trial runs in another folder.
  WorkFolder work;
  /// A message to the user about how the trial runs; empty if none is needed.
  std::string notice;
  /// kFile only: where the metric file is on this machine.
  std::filesystem::path metric_file;
};

/// Errors are final: the command does not exist or is not executable, its working directory is
/// missing (codes as in program.h).
Result<Launch> PrepareLaunch(const Workload& workload,
                             const ProcessRunnerOptions& options,
                             const Environment& environment,
                             ProgramMemo& programs,
                             WorkPlanMemo& plans);

}  // namespace hone::controller
