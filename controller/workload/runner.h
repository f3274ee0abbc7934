// Runner: starts workloads, reports their states and stops them. The interface to the world in
// which trials run: processes of this machine, objects of a cluster, a simulation. All methods are
// idempotent by attempt id and return at once; when a workload's state changes later, the runner
// calls the wake function that it was made with. Called from the controller's thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/workload/place.h"
#include "proto/core/result.h"
#include "proto/core/time.h"
#include "proto/model/metrics_collector_spec.h"
#include "proto/model/observation.h"

namespace hone::controller {

/// Where a workload's metrics are read from, and how.
struct MetricSource {
  CollectorKind kind = CollectorKind::kStdOut;
  MetricsFormat format = MetricsFormat::kText;
  /// RE2 expressions; empty means the default filter.
  std::vector<std::string> filters;
  /// Objective first, then the additional metrics.
  std::vector<std::string> metrics;
  /// kFile: the path as the container would see it.
  std::string path;

  bool operator==(const MetricSource&) const = default;
};

/// The checkpoint of a trial whose algorithm lets trials go on from others.
struct Checkpoint {
  /// The trial that it goes on from; empty if it starts anew.
  std::string parent_trial;
  /// The path at which the command expects the folder; empty if it only reads the environment.
  std::string mount_path;
};

/// The rendered object that runs one attempt of a trial: the fields that every platform needs, and
/// the object itself for platforms that submit it. A plain value.
struct Workload {
  AttemptId id;
  /// The experiment's uid: an earlier experiment may have had the same name.
  std::string experiment_uid;
  std::string trial_name;
  /// The whole substituted object as JSON text, for platforms that submit it.
  std::string manifest;
  /// The primary container, for platforms that run processes.
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> environment;
  TrialPlace place;
  /// Below the place's folder unless it is absolute; empty: that folder.
  std::string working_directory;
  /// mountPath -> volume name of every emptyDir mount of the primary container.
  std::map<std::string, std::string> empty_dirs;
  /// Nothing if no trial of this experiment goes on from another.
  std::optional<Checkpoint> checkpoint;
  std::int64_t gpus = 0;
  MetricSource metric_source;
  /// The trial fails when its attempts have run for so many seconds in total; 0 means no limit.
  std::int64_t active_deadline_seconds = 0;
  /// How often a failed attempt is run again.
  std::int64_t backoff_limit = 0;
  std::chrono::seconds grace_period{30};
  bool retain = false;
};

/// The reason of a workload that ended because Stop was called.
inline constexpr const char* kStopped = "Stopped";

/// The state of a workload. Finished means: its process has ended, every line that it wrote has
/// been read, and every observation has been handed to the sink.
struct WorkloadState {
  enum class Phase { kAbsent, kWaiting, kRunning, kSucceeded, kFailed };
  Phase phase = Phase::kAbsent;
  /// Zero if it has not started.
  Time started;
  Time finished;
  /// For kWaiting and kFailed: one CamelCase word ("Error", "Signalled", kStopped, "WaitingForGpu",
  /// "StartFailed") and a sentence. For kAbsent: why the workload could not be started, if starting
  /// can be retried. For kSucceeded: no reason; the message says why there is no objective, if
  /// there is none and the cause is known.
  std::string reason;
  std::string message;

  [[nodiscard]] bool IsFinished() const {
    return phase == Phase::kSucceeded || phase == Phase::kFailed;
  }
  /// True if the workload could not be started, for a reason that may pass.
  [[nodiscard]] bool IsPutOff() const { return phase == Phase::kAbsent && !reason.empty(); }
};

/// The state of a workload that could not be started at `now`: failed, or put off if starting it
/// can be retried.
inline WorkloadState NotStarted(const Error& error, Time now) {
  return {
      .phase = error.IsRetryable() ? WorkloadState::Phase::kAbsent : WorkloadState::Phase::kFailed,
      .finished = now,
      .reason = "StartFailed",
      .message = error.message};
}

class Runner {
 public:
  virtual ~Runner() = default;
  /// Starts the workload unless one with this id is known already. An error that is not retryable
  /// means that it can never start (command not found): the attempt then counts as failed.
  [[nodiscard]] virtual Status Ensure(const Workload& workload) = 0;
  [[nodiscard]] virtual WorkloadState Observe(const AttemptId& id) = 0;
  /// Ends the workload if it runs: it is asked to end, and killed after `grace`. Its state is then
  /// kFailed for the reason kStopped whatever its exit code, since it did not run to its end. A
  /// workload that is finished or has not begun is removed. Unknown ids are ignored.
  virtual void Stop(const AttemptId& id, std::chrono::milliseconds grace) = 0;
};

/// Where a runner hands over the observations that a trial reported. Called before the workload's
/// state becomes finished.
class ObservationSink {
 public:
  virtual ~ObservationSink() = default;
  virtual void Append(const AttemptId& id, std::vector<Observation> observations) = 0;
};

}  // namespace hone::controller
