// Writes kind Experiment with its status, in the shape that Katib's tools expect.
#include <algorithm>
#include <utility>

#include "proto/convert/field_writer.h"
#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"

namespace hone::proto {
namespace {

// The field of the status that lists the trials of a state, in Katib's spelling.
const char* ListOf(TrialState state) {
  switch (state) {
    case TrialState::kCreated:
      return "pendingTrialList";
    case TrialState::kRunning:
      return "runningTrialList";
    case TrialState::kSucceeded:
      return "succeededTrialList";
    case TrialState::kFailed:
      return "failedTrialList";
    case TrialState::kKilled:
      return "killedTrialList";
    case TrialState::kEarlyStopped:
      return "earlyStoppedTrialList";
    case TrialState::kMetricsUnavailable:
      return "metricsUnavailableTrialList";
  }
  return "pendingTrialList";
}

void PutCounts(Json& status, const TrialCounts& counts) {
  const std::pair<const char*, std::int64_t> fields[] = {
      {"trials", counts.created},
      {"trialsPending", counts.pending},
      {"trialsRunning", counts.running},
      {"trialsSucceeded", counts.succeeded},
      {"trialsFailed", counts.failed},
      {"trialsKilled", counts.killed},
      {"trialsEarlyStopped", counts.early_stopped},
      {"trialMetricsUnavailable", counts.metrics_unavailable},
  };
  for (const auto& [key, count] : fields) {
    if (count != 0) {
      status[key] = count;
    }
  }
}

Json WriteOptimal(const Experiment& experiment,
                  std::uint64_t ordinal,
                  std::span<const Trial> trials) {
  Trial unknown;
  unknown.experiment = experiment.key;
  unknown.ordinal = ordinal;
  const auto found = std::find_if(
      trials.begin(), trials.end(), [&](const Trial& trial) { return trial.ordinal == ordinal; });
  const Trial& best = found == trials.end() ? unknown : *found;
  Json optimal{{"bestTrialName", best.name()}};
  PutNonEmpty(optimal, "parameterAssignments", WriteAssignments(best.assignments));
  if (!best.metrics.empty()) {
    optimal["observation"] = {{"metrics", WriteMetrics(best.metrics)}};
  }
  return optimal;
}

Json WriteStatus(const Experiment& experiment, std::span<const Trial> trials) {
  const ExperimentStatus& status = experiment.status;
  Json object = Json::object();
  PutTime(object, "startTime", status.start_time);
  PutTime(object, "completionTime", status.completion_time);
  PutNonEmpty(object, "conditions", WriteConditions(status.conditions));
  PutCounts(object, status.counts);
  if (status.optimal) {
    object["currentOptimalTrial"] = WriteOptimal(experiment, status.optimal->ordinal, trials);
  }
  for (const Trial& trial : trials) {
    object[ListOf(trial.state)].push_back(trial.name());
  }
  return object;
}

}  // namespace

Json WriteMetadata(const Experiment& experiment, std::string_view name) {
  Json metadata{{"name", name}, {"namespace", experiment.key.ns}};
  PutNonEmpty(metadata, "labels", experiment.labels);
  return metadata;
}

Json WriteExperiment(const Experiment& experiment, std::span<const Trial> trials) {
  Json metadata = WriteMetadata(experiment, experiment.key.name);
  PutText(metadata, "uid", experiment.uid);
  PutNonEmpty(metadata, "annotations", experiment.annotations);
  PutTime(metadata, "creationTimestamp", experiment.created);
  // An experiment that is not in a store yet has neither.
  if (experiment.version > 0) {
    metadata["generation"] = experiment.generation;
    metadata["resourceVersion"] = std::to_string(experiment.version);
  }
  Json object{{"apiVersion", "kubeflow.org/v1beta1"}, {"kind", "Experiment"}};
  object["metadata"] = std::move(metadata);
  object["spec"] = WriteSpec(experiment.spec);
  PutNonEmpty(object, "status", WriteStatus(experiment, trials));
  return object;
}

}  // namespace hone::proto
