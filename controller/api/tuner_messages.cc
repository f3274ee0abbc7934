#include "controller/api/tuner_messages.h"

#include <algorithm>

namespace hone::controller {
namespace {

struct StateWord {
  TrialState state;
  v1::TrialState word;
};
/// A study has no kCreated trials (trials that wait to be run), so the API has no word for that
/// state: it reads as running.
constexpr StateWord kStates[] = {
    {TrialState::kRunning, v1::TRIAL_RUNNING},
    {TrialState::kCreated, v1::TRIAL_RUNNING},
    {TrialState::kSucceeded, v1::TRIAL_SUCCEEDED},
    {TrialState::kFailed, v1::TRIAL_FAILED},
    {TrialState::kKilled, v1::TRIAL_KILLED},
    {TrialState::kEarlyStopped, v1::TRIAL_EARLY_STOPPED},
    {TrialState::kMetricsUnavailable, v1::TRIAL_METRICS_UNAVAILABLE},
};

v1::TrialState WriteState(TrialState state) {
  for (const StateWord& known : kStates) {
    if (known.state == state) {
      return known.word;
    }
  }
  return v1::TRIAL_STATE_UNSPECIFIED;
}

v1::Metric WriteMetric(const MetricSummary& summary) {
  v1::Metric metric;
  metric.set_name(summary.name);
  if (const auto latest = ParseNumber(summary.latest)) {
    metric.set_latest(*latest);
  }
  if (const auto min = ParseNumber(summary.min)) {
    metric.set_min(*min);
  }
  if (const auto max = ParseNumber(summary.max)) {
    metric.set_max(*max);
  }
  return metric;
}

}  // namespace

v1::StudyState WriteState(StudyState state) {
  switch (state) {
    case StudyState::kRunning:
      return v1::STUDY_RUNNING;
    case StudyState::kSuspended:
      return v1::STUDY_SUSPENDED;
    case StudyState::kSucceeded:
      return v1::STUDY_SUCCEEDED;
    case StudyState::kFailed:
      break;
  }
  return v1::STUDY_FAILED;
}

v1::Study WriteStudy(const Experiment& experiment) {
  v1::Study study;
  study.set_study(experiment.key.ToString());
  study.set_state(WriteState(StateOf(experiment)));
  study.set_message(MessageOf(experiment));
  study.set_max_trial_count(experiment.spec.max_trial_count.value_or(0));
  study.set_trials(experiment.status.counts.created);
  study.set_running_trials(experiment.status.counts.running);
  study.set_failed_trials(experiment.status.counts.Failures());
  if (experiment.status.optimal) {
    study.set_best_trial(experiment.status.optimal->ordinal);
    study.set_best_value(experiment.status.optimal->value);
  }
  return study;
}

v1::Trial WriteTrial(const Trial& trial) {
  v1::Trial message;
  message.set_number(trial.ordinal);
  message.set_name(trial.name());
  message.set_state(WriteState(trial.state));
  for (const Assignment& assignment : trial.assignments) {
    (*message.mutable_parameters())[assignment.name] = assignment.value;
  }
  message.set_parent(trial.parent);
  for (const auto& [name, value] : trial.labels) {
    if (name == kClientLabel) {
      message.set_client_id(value);
    } else {
      (*message.mutable_labels())[name] = value;
    }
  }
  for (const MetricSummary& summary : trial.metrics) {
    *message.add_metrics() = WriteMetric(summary);
  }
  message.set_message(trial.message);
  return message;
}

v1::AskReply WriteAsked(const Asked& asked) {
  v1::AskReply reply;
  for (const Trial& trial : asked.trials) {
    *reply.add_trials() = WriteTrial(trial);
  }
  reply.set_state(WriteState(asked.state));
  reply.set_message(asked.message);
  return reply;
}

MetricValues ReadMetrics(const google::protobuf::Map<std::string, double>& metrics) {
  MetricValues values(metrics.begin(), metrics.end());
  std::sort(values.begin(), values.end());  // a map of protobuf has no order
  return values;
}

Result<TrialState> ReadState(int state) {
  for (const StateWord& known : kStates) {
    if (known.word == state) {
      return known.state;
    }
  }
  return Fail(Code::kInvalidArgument,
              "states: " + std::to_string(state) + " is no state of a trial");
}

}  // namespace hone::controller
