// Decide: what should happen next to one experiment? Pure rules: no I/O, no clock, no lock; a test
// row is "this view, these actions". All policy of the control loop is in this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/decide/alike_failures.h"
#include "controller/workload/runner.h"
#include "proto/model/experiment_status.h"
#include "proto/model/trial.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// What may run. In every mode but kRun no new trial starts.
enum class RunMode {
  kRun,
  /// Running trials finish.
  kDrain,
  /// Running trials are stopped within their grace period, and run again later.
  kStop,
  /// As kStop, without a grace period.
  kStopNow,
};

/// A stopping rule has found that a running trial is hopeless.
struct EarlyStop {
  /// Names the rule, the step and the reason.
  std::string message;
  /// True once the runner has been asked to stop the attempt: from then on the trial counts as
  /// stopped early however its process ends. Before, the process may still end by itself.
  bool is_under_way = false;
};

/// One trial that has not ended, with its workload's state and its observations.
struct TrialView {
  Trial trial;
  WorkloadState workload;
  /// Summary of the current attempt's observations.
  std::vector<MetricSummary> metrics;
  std::optional<EarlyStop> early_stop;
};

/// What the workloads of an experiment have in common.
struct TrialLimits {
  std::int64_t active_deadline_seconds = 0;
  std::int64_t backoff_limit = 0;
  std::chrono::milliseconds grace{30000};
  /// A trial that was stopped on request runs again when the experiment goes on.
  bool runs_again = true;
};

/// The reason of a trial that ran longer than activeDeadlineSeconds.
inline constexpr const char* kDeadlineExceeded = "DeadlineExceeded";

/// Back-off before a failed attempt is run again: one second, then two, four, ... at most six
/// minutes.
inline constexpr std::chrono::seconds kRetryDelayMin{1};
inline constexpr std::chrono::seconds kRetryDelayMax{360};

/// A trial fails if its attempts were cut off (the machine or hone died) more often than this: the
/// trial itself may be the cause.
inline constexpr std::int32_t kInterruptionsMax = 100;

/// A trial that could not be started, for a reason that may pass, is retried this often with the
/// same back-off: for about four minutes.
inline constexpr std::int32_t kStartFailuresMax = 8;

/// The experiment fails if this many trials (or one for each slot, if there are more slots) have
/// ended and all failed alike, unless maxFailedTrialCount is set.
inline constexpr std::int64_t kAlikeFailuresMax = 3;

/// Everything that Decide may read. Made for one call: `experiment` outlives it.
struct ExperimentView {
  const Experiment& experiment;
  std::vector<TrialView> active;
  TrialLimits limits;
  RunMode mode = RunMode::kRun;
  /// The suggester has reported that the space has no other points.
  bool space_ended = false;
  /// The message of an error of the suggester that no retry can help.
  std::optional<std::string> suggestion_failure;
  /// The number of new trials that the study's clients ask for now; nothing: parallelTrialCount
  /// alone decides.
  std::optional<std::int64_t> asked;
  AlikeFailures alike_failures;
  /// The time during which trials of the experiment have run, up to `now`.
  Duration running_time{0};
  Time now;
};

/// What to do. The caller first commits the changed state, then starts and stops workloads.
struct Decision {
  /// Trials whose stored state changes, in their new state. The caller starts the workloads of
  /// trials that are now kRunning.
  std::vector<Trial> updated;
  struct StopAction {
    AttemptId id;
    std::chrono::milliseconds grace{0};
  };
  /// Workloads to stop, and to remove from the runner.
  std::vector<StopAction> stop;
  /// The number of new trials to ask the suggester for.
  std::size_t create = 0;
  /// The experiment's status afterwards, new trials not counted.
  ExperimentStatus status;
  bool status_changed_state = false;
  /// Includes the trials that end in this pass.
  AlikeFailures alike_failures;
  /// When to call Decide again even if nothing happens; nothing if no timer is needed.
  std::optional<Time> wake_at;
};

[[nodiscard]] Decision Decide(const ExperimentView& view);

/// Resets a trial that has failed or ended without its metric because a user wants it retried: only
/// the number of its attempts stays, since observations are stored by attempt. `counts` are those
/// of its experiment.
void RunAgainOnRequest(Trial& trial, TrialCounts& counts);

}  // namespace hone::controller
