#include "controller/local/launch.h"

#include <utility>

#include "controller/local/processes.h"

namespace hone::controller {
namespace {

/// Of two that set the same name the later wins.
void SetEnvironment(const Workload& workload, const Launch& launch, Environment& environment) {
  for (const auto& [name, folder] : launch.volumes.Variables()) {
    environment.Set(name, folder);
  }
  for (const auto& [name, value] : workload.environment) {
    environment.Set(name, launch.volumes.Localize(value));
  }
  if (!launch.checkpoint.path.empty()) {
    environment.Set("HONE_CHECKPOINT_DIR", launch.checkpoint.path.string());
  }
  environment.Set(kMarkerVariable, launch.marker);
  environment.Set("HONE_TRIAL_NAME", workload.trial_name);
  environment.Set("KATIB_TRIAL_NAME", workload.trial_name);
  // Python holds back what it prints into a pipe until it has 8 KiB: stopping rules and whoever
  // follows the log would hear of an epoch long after it.
  environment.SetDefault("PYTHONUNBUFFERED", "1");
}

}  // namespace

Result<Launch> PrepareLaunch(const Workload& workload,
                             const ProcessRunnerOptions& options,
                             const Environment& environment,
                             ProgramMemo& programs) {
  if (workload.command.empty()) {
    return Fail(Code::kInvalidArgument, "it has no command; the template must name one");
  }
  Launch launch{.request = {.environment = environment}};
  launch.marker = options.store_id + "/" + workload.id.ToString();
  TrialPaths paths = PathsOfTrial(options.trials_root, workload.id.experiment, workload.trial_name);
  launch.log = std::move(paths.log);
  launch.volumes = Volumes(workload, std::move(paths.volumes));
  if (workload.checkpoint) {
    const std::string& parent = workload.checkpoint->parent_trial;
    launch.checkpoint.path = std::move(paths.checkpoint);
    if (!parent.empty()) {
      launch.checkpoint.parent =
          PathsOfTrial(options.trials_root, workload.id.experiment, parent).checkpoint;
    }
    launch.volumes.Redirect(workload.checkpoint->mount_path, launch.checkpoint.path.string());
  }

  SpawnRequest& request = launch.request;
  std::filesystem::path folder = options.working_directory;
  if (!workload.working_directory.empty()) {
    folder /= launch.volumes.Localize(workload.working_directory);
  }
  request.working_directory = folder.string();
  for (const std::string& argument : workload.command) {
    request.arguments.push_back(launch.volumes.Localize(argument));
  }
  SetEnvironment(workload, launch, request.environment);
  auto program = programs.Find(
      request.arguments.front(), request.environment.Get("PATH"), request.working_directory);
  if (!program) {
    // A relative path may be missing because its folder is.
    HONE_RETURN_IF_ERROR(launch.volumes.Contains(folder)
                             ? Status()
                             : CheckWorkingDirectory(request.working_directory));
    return tl::unexpected<Error>(std::move(program).error());
  }
  request.program = *std::move(program);
  if (workload.metric_source.kind == CollectorKind::kFile) {
    launch.metric_file = folder / launch.volumes.Localize(workload.metric_source.path);
  }
  return launch;
}

}  // namespace hone::controller
