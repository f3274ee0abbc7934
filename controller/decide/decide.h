// Decide: what should happen next to one experiment? Pure rules: no I/O, no clock, no lock; a test
// row is "this view, these actions". All policy of the control loop is here and nowhere else.
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

/// How much of what runs may go on. Beyond kRun nothing new starts.
enum class RunMode {
  kRun,
  /// Running trials finish.
  kDrain,
  /// Running trials are stopped within their grace period and wait to be run again.
  kStop,
  /// As kStop with no grace at all.
  kStopNow,
};

/// A stopping rule has found a running trial hopeless.
struct EarlyStop {
  /// Which rule, at which step, and why.
  std::string message;
  /// The runner has been told. However the attempt ends now, it was stopped; before, it may still
  /// end by itself.
  bool is_under_way = false;
};

/// One trial that has not ended, with what the world and the observations say of it.
struct TrialView {
  Trial trial;
  WorkloadState workload;
  /// The current attempt's observations, summed up.
  std::vector<MetricSummary> metrics;
  std::optional<EarlyStop> early_stop;
};

/// What the workloads of an experiment have in common.
struct TrialLimits {
  std::int64_t active_deadline_seconds = 0;
  std::int64_t backoff_limit = 0;
  std::chrono::milliseconds grace{30000};
  /// What is stopped on request runs again when the experiment goes on.
  bool runs_again = true;
};

/// The reason of a trial that ran longer than activeDeadlineSeconds.
inline constexpr const char* kDeadlineExceeded = "DeadlineExceeded";

/// A failed attempt is run again after a second, then two, four, ... at most six minutes.
inline constexpr std::chrono::seconds kRetryDelayMin{1};
inline constexpr std::chrono::seconds kRetryDelayMax{360};

/// A trial whose attempts were cut off more often than this (the machine or hone died) fails: it
/// may be what kills them.
inline constexpr std::int32_t kInterruptionsMax = 100;

/// A trial that could not be started for now is tried again so often, after the same delays: for
/// about four minutes.
inline constexpr std::int32_t kStartFailuresMax = 8;

/// If so many trials (or one a slot, if there are more slots) have ended and all failed alike, the
/// experiment ends, unless maxFailedTrialCount is set.
inline constexpr std::int64_t kAlikeFailuresMax = 3;

/// Everything that Decide may look at. Made for one call: `experiment` outlives it.
struct ExperimentView {
  const Experiment& experiment;
  std::vector<TrialView> active;
  TrialLimits limits;
  RunMode mode = RunMode::kRun;
  /// The suggester has said that there are no other points.
  bool space_ended = false;
  /// The suggester has refused for good, with this message.
  std::optional<std::string> suggestion_failure;
  /// How many new trials those who run them want now; nothing: whatever parallelTrialCount leaves.
  std::optional<std::int64_t> asked;
  AlikeFailures alike_failures;
  /// How long trials of the experiment have run, until now.
  Duration running_time{0};
  Time now;
};

/// What to do. The order of doing is: commit what changed, then touch the world.
struct Decision {
  /// Trials whose stored state changes, as they are to be stored. The workloads of those that are
  /// now kRunning are to be started.
  std::vector<Trial> updated;
  struct StopAction {
    AttemptId id;
    std::chrono::milliseconds grace{0};
  };
  /// Workloads to end and forget.
  std::vector<StopAction> stop;
  /// New trials to ask suggestions for.
  std::size_t create = 0;
  /// The experiment's status afterwards, new trials not counted.
  ExperimentStatus status;
  bool status_changed_state = false;
  /// With the trials that end in this pass.
  AlikeFailures alike_failures;
  /// When to look again even if nothing happens; nothing if no timer is needed.
  std::optional<Time> wake_at;
};

[[nodiscard]] Decision Decide(const ExperimentView& view);

/// Lets a trial run again that has failed or ended without its metric, because somebody wants it:
/// as if it had never run, but for the number of its attempts, which its observations belong to.
/// `counts` are those of its experiment.
void RunAgainOnRequest(Trial& trial, TrialCounts& counts);

}  // namespace hone::controller
