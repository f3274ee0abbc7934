// ProcessRunner: trials as processes of this machine. Each attempt is a process group of its own,
// started with posix_spawn and watched through a pidfd; its output goes through two pipes to its
// log (rotated) and to the metric parser, line by line, while it runs. When the first process of
// the group ends, the rest of the group is ended too: no orphan stays.
//
// Every process carries HONE_ATTEMPT=<store id>/<attempt id> in its environment, and each attempt
// has a RunMark. After a kill -9 of hone, EndOrphans uses both to find the processes that an
// earlier hone left behind, even if their parents have died or their environment was overwritten.
//
// Runs on the thread of its EventLoop.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/local/event_loop.h"
#include "controller/workload/runner.h"

namespace hone::controller {

struct ProcessRunnerOptions {
  /// Identifies the store whose trials these are; a copy of a store has another id.
  std::string store_id;
  /// The store's file, which does not appear in working folders. May be empty.
  std::filesystem::path store;
  /// <root>/<namespace>/<experiment>/ holds the logs, the emptyDir volumes and the working folders
  /// of trials.
  std::filesystem::path trials_root;
  /// The user's folder where a workload's place names none.
  std::filesystem::path working_directory;
  /// A log above this is moved to "<trial>.log.1" (one is kept), so a trial keeps at most twice
  /// this.
  std::size_t log_bytes_max = std::size_t{16} << 20U;
};

/// Where a trial's files are. Each path is made when it is first needed.
struct TrialPaths {
  /// Contains a folder for each volume.
  std::filesystem::path volumes;
  /// The output of its attempts.
  std::filesystem::path log;
  /// The checkpoint that its attempts saved for trials that go on from it. Kept as long as the log.
  std::filesystem::path checkpoint;
  /// The working folder of its attempts, and the files that they wrote. Kept as long as the log.
  std::filesystem::path work;
};
TrialPaths PathsOfTrial(const std::filesystem::path& root,
                        const ExperimentKey& experiment,
                        const std::string& trial_name);

class ProcessRunner : public Runner {
 public:
  using Wake = std::function<void(const ExperimentKey&)>;
  using Warn = std::function<void(const std::string&)>;
  static Result<std::unique_ptr<ProcessRunner>> Make(ProcessRunnerOptions options,
                                                     EventLoop& loop,
                                                     const Clock& clock);
  /// Must be called before the first Ensure.
  virtual void Connect(ObservationSink& sink, Wake wake, Warn warn) = 0;
  /// The trials of an experiment that start from now on get this environment ("NAME=value" each)
  /// in place of this process's own, until it is set to nothing.
  virtual void SetEnvironment(const ExperimentKey& experiment,
                              std::optional<std::vector<std::string>> environment) = 0;
  /// Ends every process that an earlier hone on the same store left behind (SIGTERM, then SIGKILL
  /// after `grace`), and returns how many there were. Blocks at most a little longer than `grace`.
  /// kFailedPrecondition, naming the process, if one cannot be ended: then no trial may be started.
  virtual Result<std::size_t> EndOrphans(std::chrono::milliseconds grace) = 0;
  /// The number of workloads that have a process now.
  [[nodiscard]] virtual std::size_t running() const = 0;
};

}  // namespace hone::controller
