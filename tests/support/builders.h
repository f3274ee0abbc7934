// Builders with defaults, so that a test states only what it depends on.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "controller/decide/decide.h"
#include "proto/model/experiment.h"
#include "proto/model/trial.h"

namespace hone::controller {

/// A time `seconds` after the start of the test's clock.
inline Time At(std::int64_t seconds) {
  return Time(std::chrono::hours(24 * 365 * 50) + std::chrono::seconds(seconds));
}

/// An experiment that maximises "accuracy" over x in 0..1 by random search: 2 at a time, 10 trials.
class AnExperiment {
 public:
  AnExperiment() {
    value_.key = {"default", "tune"};
    value_.uid = "uid";
    value_.version = 1;
    ExperimentSpec& spec = value_.spec;
    spec.parameters = {{"x", ParameterType::kDouble, {.min = "0", .max = "1"}}};
    spec.objective = Objective{.type = ObjectiveType::kMaximize, .metric_name = "accuracy"};
    spec.objective->metric_strategies = {{"accuracy", MetricStrategy::kMax}};
    spec.algorithm = AlgorithmSpec{"random", {}};
    spec.parallel_trial_count = 2;
    spec.max_trial_count = 10;
    spec.metrics_collector = MetricsCollectorSpec{.kind = CollectorKind::kStdOut};
    spec.trial_template = TrialTemplate{
        .trial_spec = R"({"apiVersion":"batch/v1","kind":"Job","spec":{"template":{"spec":{
            "containers":[{"name":"main","command":["train","${trialParameters.x}"]}]}}}})",
        .trial_parameters = std::vector<TrialParameter>{{"x", "", "x"}},
        .primary_container_name = "main"};
    value_.status.SetCondition({.type = ConditionType::kCreated, .reason = "ExperimentCreated"});
  }
  AnExperiment& Parallel(std::int32_t count) {
    value_.spec.parallel_trial_count = count;
    return *this;
  }
  AnExperiment& Max(std::int32_t count) {
    value_.spec.max_trial_count = count;
    return *this;
  }
  AnExperiment& MaxFailed(std::int32_t count) {
    value_.spec.max_failed_trial_count = count;
    return *this;
  }
  AnExperiment& MaxSeconds(std::int32_t seconds) {
    value_.spec.max_duration_seconds = seconds;
    return *this;
  }
  AnExperiment& Resumed(Time time) {
    value_.annotations["hone.dev/resumed"] = FormatTime(time);
    return *this;
  }
  AnExperiment& Goal(double goal) {
    value_.spec.objective->goal = goal;
    return *this;
  }
  AnExperiment& EarlyStopping(AlgorithmSpec rule) {
    value_.spec.early_stopping = std::move(rule);
    return *this;
  }
  AnExperiment& Suspended() {
    value_.spec.suspend = true;
    return *this;
  }
  AnExperiment& Counts(TrialCounts counts) {
    value_.status.counts = counts;
    return *this;
  }
  AnExperiment& With(ConditionType type, std::string reason, bool status = true) {
    value_.status.SetCondition({.type = type, .status = status, .reason = std::move(reason)});
    return *this;
  }
  AnExperiment& Best(std::uint64_t ordinal, double value) {
    value_.status.optimal = OptimalTrial{ordinal, value};
    return *this;
  }
  [[nodiscard]] Experiment Build() const { return value_; }

 private:
  Experiment value_;
};

/// A trial of that experiment, created, without reports.
class ATrial {
 public:
  explicit ATrial(std::uint64_t ordinal) {
    view_.trial.experiment = {"default", "tune"};
    view_.trial.ordinal = ordinal;
    view_.trial.version = 1;
    view_.metrics = {{.name = "accuracy"}};
  }
  ATrial& Running() {
    view_.trial.state = TrialState::kRunning;
    view_.trial.started = At(0);
    view_.workload.phase = WorkloadState::Phase::kRunning;
    view_.workload.started = At(0);
    return *this;
  }
  ATrial& Vanished() {
    Running();
    view_.workload = {};
    return *this;
  }
  ATrial& Succeeded(const std::string& accuracy, Time finished = At(1)) {
    Running();
    view_.workload.phase = WorkloadState::Phase::kSucceeded;
    view_.workload.finished = finished;
    view_.metrics = {{"accuracy", accuracy, accuracy, accuracy}};
    return *this;
  }
  ATrial& SucceededInSilence() {
    Succeeded("");
    view_.metrics = {{.name = "accuracy"}};
    return *this;
  }
  ATrial& Failed(Time finished = At(1)) {
    Running();
    view_.workload.phase = WorkloadState::Phase::kFailed;
    view_.workload.finished = finished;
    view_.workload.reason = "Error";
    view_.workload.message = "exited with code 1";
    return *this;
  }
  /// The workload was told to stop and has ended, in the form that every runner shows it
  /// (RunnerContract).
  ATrial& Stopped(Time finished = At(1)) {
    Failed(finished);
    view_.workload.reason = kStopped;
    view_.workload.message = "was stopped before its end";
    return *this;
  }
  /// No process could be started for now.
  ATrial& NotStarted(const std::string& message) {
    Vanished();
    view_.workload.reason = "StartFailed";
    view_.workload.message = message;
    return *this;
  }
  ATrial& Said(const std::string& accuracy) {
    view_.metrics = {{"accuracy", accuracy, accuracy, accuracy}};
    return *this;
  }
  /// A stopping rule has judged the trial; `is_under_way`: the runner has been told to stop it.
  ATrial& Hopeless(bool is_under_way) {
    view_.early_stop = EarlyStop{"medianstop stopped it at step 4: too bad", is_under_way};
    return *this;
  }
  ATrial& Attempt(std::int32_t attempt, std::int32_t failures) {
    view_.trial.attempt = attempt;
    view_.trial.failures = failures;
    return *this;
  }
  ATrial& CutOff(std::int32_t interruptions) {
    view_.trial.interruptions = interruptions;
    return *this;
  }
  ATrial& StartFailures(std::int32_t start_failures) {
    view_.trial.start_failures = start_failures;
    return *this;
  }
  ATrial& HasRun(Duration run_time) {
    view_.trial.run_time = run_time;
    return *this;
  }
  ATrial& NotBefore(Time time) {
    view_.trial.not_before = time;
    return *this;
  }
  [[nodiscard]] TrialView Build() const { return view_; }

 private:
  TrialView view_;
};

}  // namespace hone::controller
