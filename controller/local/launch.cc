#include "controller/local/launch.h"

#include <system_error>
#include <utility>

#include "controller/local/folders.h"
#include "controller/local/processes.h"

namespace hone::controller {
namespace {

namespace fs = std::filesystem;

/// If two settings have the same name, the later one wins.
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
  // Python buffers up to 8 KiB of its output to a pipe: stopping rules and readers of the log would
  // see an epoch long after it ended.
  environment.SetDefault("PYTHONUNBUFFERED", "1");
  // hone's own PWD names the folder in which hone was started.
  environment.Set("PWD", launch.request.working_directory);
}

/// `path` in normal form, without a slash at its end.
fs::path Folder(const fs::path& path) {
  const fs::path normal = path.lexically_normal();
  return normal.has_filename() || !normal.has_relative_path() ? normal : normal.parent_path();
}

/// The path of the metric file relative to the user's folder; empty if it lies elsewhere.
Result<fs::path> MetricFileBelow(const MetricSource& source, const fs::path& folder) {
  if (source.kind != CollectorKind::kFile) {
    return fs::path();
  }
  const fs::path path = fs::path(source.path).lexically_normal();
  if (path.is_absolute() && !folder.has_relative_path()) {
    return fs::path();  // below "/" is everything
  }
  fs::path below = Below((folder / path).lexically_normal(), folder);
  if (below == ".") {
    below.clear();
  }
  if (!path.is_absolute() && below.empty()) {
    return Fail(Code::kInvalidArgument,
                "its metric file " + source.path +
                    " lies outside of its working directory; give an absolute path");
  }
  return below;
}

/// Prepares a working folder for the trial, unless the trial has `folder` for itself already (a
/// volume), or `folder` has too many entries.
Status PrepareWorkFolder(const fs::path& folder,
                         fs::path path,
                         const fs::path& metric_file,
                         bool is_folder_shared,
                         WorkPlanMemo& plans,
                         Launch& launch) {
  if (is_folder_shared || launch.volumes.Contains(folder)) {
    return {};
  }
  HONE_RETURN_IF_ERROR(CheckWorkingDirectory(folder.string()));
  auto plan = plans.Find(folder, metric_file);
  if (plan) {
    launch.work = WorkFolder(*std::move(plan), folder, std::move(path), metric_file);
  } else {
    launch.notice =
        "trials run in " + folder.string() + " itself and may write over each other's " +
        "files there, because each cannot be given a folder of its own: " + plan.error().message;
  }
  return {};
}

/// Sets the location of the metric file, and has mentions of it in the command replaced by that
/// location.
void PlaceMetricFile(const Workload& workload,
                     const fs::path& folder,
                     const fs::path& below,
                     Launch& launch) {
  const std::string& path = workload.metric_source.path;
  if (!below.empty() && !launch.work.is_none()) {
    launch.metric_file = launch.work.path() / below;
    launch.volumes.Redirect((folder / below).string(), launch.metric_file.string());
    launch.volumes.Redirect(path, launch.metric_file.string());
    std::error_code error;
    if (const fs::path parent = (folder / below).parent_path(); !fs::is_directory(parent, error)) {
      launch.volumes.Redirect(parent.string(), launch.metric_file.parent_path().string());
    }
  } else if (path.starts_with('/')) {
    launch.metric_file = launch.volumes.AddMetricFile(path);
  } else {
    launch.metric_file = folder / below;
  }
}

/// The search starts in the user's folder: the trial's folder has the same programs, but is not
/// made yet.
Status FindProgramOf(Launch& launch, const fs::path& folder, ProgramMemo& programs) {
  SpawnRequest& request = launch.request;
  auto program =
      programs.Find(request.arguments.front(), request.environment.Get("PATH"), folder.string());
  if (program) {
    request.program = *std::move(program);
    return launch.volumes.Contains(folder) ? Status()
                                           : CheckScript(request.arguments, folder.string());
  }
  // The cause of a missing relative path may be that the working directory is missing.
  HONE_RETURN_IF_ERROR(launch.volumes.Contains(folder) ? Status()
                                                       : CheckWorkingDirectory(folder.string()));
  return tl::unexpected<Error>(std::move(program).error());
}

void PrepareCheckpoint(const Workload& workload,
                       const ProcessRunnerOptions& options,
                       fs::path folder,
                       Launch& launch) {
  const std::string& parent = workload.checkpoint->parent_trial;
  launch.checkpoint.path = std::move(folder);
  if (!parent.empty()) {
    launch.checkpoint.parent =
        PathsOfTrial(options.trials_root, workload.id.experiment, parent).checkpoint;
  }
  launch.volumes.Redirect(workload.checkpoint->mount_path, launch.checkpoint.path.string());
}

}  // namespace

Result<Launch> PrepareLaunch(const Workload& workload,
                             const ProcessRunnerOptions& options,
                             const Environment& environment,
                             ProgramMemo& programs,
                             WorkPlanMemo& plans) {
  if (workload.command.empty()) {
    return Fail(Code::kInvalidArgument, "it has no command; the template must name one");
  }
  Launch launch{.request = {.environment = environment}};
  launch.marker = options.store_id + "/" + workload.id.ToString();
  TrialPaths paths = PathsOfTrial(options.trials_root, workload.id.experiment, workload.trial_name);
  launch.log = std::move(paths.log);
  launch.volumes = Volumes(workload, std::move(paths.volumes));
  if (workload.checkpoint) {
    PrepareCheckpoint(workload, options, std::move(paths.checkpoint), launch);
  }
  const fs::path folder = Folder(options.working_directory / workload.place.working_directory /
                                 launch.volumes.Localize(workload.working_directory));
  HONE_ASSIGN_OR_RETURN(const fs::path metric_file,
                        MetricFileBelow(workload.metric_source, folder));
  HONE_RETURN_IF_ERROR(PrepareWorkFolder(
      folder, std::move(paths.work), metric_file, workload.place.is_folder_shared, plans, launch));
  if (workload.metric_source.kind == CollectorKind::kFile) {
    PlaceMetricFile(workload, folder, metric_file, launch);
  }

  SpawnRequest& request = launch.request;
  request.working_directory = (launch.work.is_none() ? folder : launch.work.path()).string();
  for (const std::string& argument : workload.command) {
    request.arguments.push_back(launch.volumes.Localize(argument));
  }
  SetEnvironment(workload, launch, request.environment);
  HONE_RETURN_IF_ERROR(FindProgramOf(launch, folder, programs));
  return launch;
}

}  // namespace hone::controller
