#include "controller/local/launch.h"

#include "controller/local/processes.h"

namespace hone::controller {
namespace {

EnvironmentBlock TrialEnvironment(const Workload& workload,
                                  const Launch& launch,
                                  const Environment& environment) {
  auto additions = launch.volumes.Variables();
  for (const auto& [name, value] : workload.environment) {
    additions.emplace_back(name, launch.volumes.Localize(value));
  }
  additions.emplace_back(kMarkerVariable, launch.marker);
  additions.emplace_back("HONE_TRIAL_NAME", workload.trial_name);
  additions.emplace_back("KATIB_TRIAL_NAME", workload.trial_name);
  return environment.With(additions);
}

}  // namespace

Result<Launch> PrepareLaunch(const Workload& workload,
                             const ProcessRunnerOptions& options,
                             const Environment& environment,
                             ProgramMemo& programs) {
  if (workload.command.empty()) {
    return Fail(Code::kInvalidArgument, "it has no command; the template must name one");
  }
  Launch launch;
  launch.marker = options.store_id + "/" + workload.id.ToString();
  launch.trial_folder =
      TrialFolder(options.trials_root, workload.id.experiment, workload.trial_name);
  launch.volumes = Volumes(workload, launch.trial_folder);

  SpawnRequest& request = launch.request;
  std::filesystem::path folder = options.working_directory;
  if (!workload.working_directory.empty()) {
    folder /= launch.volumes.Localize(workload.working_directory);
  }
  request.working_directory = folder.string();
  if (!folder.empty() && !launch.volumes.Contains(folder)) {
    HONE_RETURN_IF_ERROR(CheckWorkingDirectory(request.working_directory));
  }
  for (const std::string& argument : workload.command) {
    request.arguments.push_back(launch.volumes.Localize(argument));
  }
  request.environment = TrialEnvironment(workload, launch, environment);
  HONE_ASSIGN_OR_RETURN(request.program,
                        programs.Find(request.arguments.front(),
                                      ValueOf(request.environment, "PATH"),
                                      request.working_directory));
  if (workload.metric_source.kind == CollectorKind::kFile) {
    launch.metric_file = folder / launch.volumes.Localize(workload.metric_source.path);
  }
  return launch;
}

}  // namespace hone::controller
