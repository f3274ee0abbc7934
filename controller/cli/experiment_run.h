// ExperimentRun: what `hone run` and `hone resume` have in common: a world is opened for one
// experiment, which is then controlled until it rests, shown, and summed up. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/cli/command.h"
#include "proto/model/experiment_key.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// Where the experiment's trials run unless they say otherwise, and the GPUs that they share: kept
/// with the experiment, so that resuming it from elsewhere changes nothing.
inline constexpr const char* kWorkingDirectoryAnnotation = "hone.dev/working-directory";
inline constexpr const char* kGpusAnnotation = "hone.dev/gpus";
/// "true": trials run in that folder itself.
inline constexpr const char* kSharedFolderAnnotation = "hone.dev/shared-folder";

/// True if trials run in the working directory itself, as --shared-folder and the annotation say.
bool IsFolderShared(const Experiment& experiment);

struct RunWorld {
  std::unique_ptr<World> world;
  /// What the world warned of and nobody has read yet.
  std::shared_ptr<std::vector<std::string>> warnings;
};

/// Opens the world in which `experiment` runs, by its annotations.
Result<RunWorld> OpenWorld(const Session& session, const Experiment& experiment);

/// Controls a stored experiment until it rests; prints the result; returns the exit code.
Result<int> ControlExperiment(const Session& session,
                              RunWorld& run,
                              const ExperimentKey& key,
                              Format format);

/// "0,1" as the ids 0 and 1.
std::vector<std::string> SplitGpus(const std::string& text);

}  // namespace hone::controller
