// bench_micro: the single steps of a trial's path; search_steps.cc has those of algorithms.
#include <benchmark/benchmark.h>

#include "controller/admission/admission.h"
#include "controller/decide/decide.h"
#include "controller/workload/render.h"
#include "db/sqlite/sqlite_store.h"
#include "db/store/transition.h"
#include "metrics-collector/parse/line_parser.h"
#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"
#include "tests/temporary_folder.h"

namespace hone::bench {
namespace {

constexpr const char* kManifest = R"(
apiVersion: kubeflow.org/v1beta1
kind: Experiment
metadata: {name: bench}
spec:
  objective: {type: minimize, objectiveMetricName: loss}
  algorithm: {algorithmName: random}
  parallelTrialCount: 2
  parameters:
    - {name: lr, parameterType: double, feasibleSpace: {min: "0.001", max: "1", distribution: logUniform}}
    - {name: units, parameterType: int, feasibleSpace: {min: "8", max: "128"}}
    - {name: act, parameterType: categorical, feasibleSpace: {list: [relu, tanh]}}
  trialTemplate:
    primaryContainerName: main
    trialParameters:
      - {name: lr, reference: lr}
      - {name: units, reference: units}
      - {name: act, reference: act}
    trialSpec:
      apiVersion: batch/v1
      kind: Job
      spec:
        template:
          spec:
            restartPolicy: Never
            containers:
              - name: main
                image: any
                command: [train, "--lr=${trialParameters.lr}", "--units=${trialParameters.units}",
                          "--act=${trialParameters.act}"]
)";

Experiment ReadBenchExperiment() {
  const auto documents = proto::ReadYaml(kManifest);
  HONE_CHECK(documents.has_value());
  FieldErrors errors;
  Experiment experiment = proto::ReadExperiment(documents->front().value, errors);
  controller::SetDefaults(experiment.spec);
  HONE_CHECK(!HasErrors(errors) && !HasErrors(controller::ValidateCreate(experiment)));
  experiment.uid = "bench";
  return experiment;
}

Trial RunningTrial(const Experiment& experiment, std::uint64_t ordinal) {
  Trial trial;
  trial.experiment = experiment.key;
  trial.ordinal = ordinal;
  trial.assignments = {{"lr", "0.01"}, {"units", "32"}, {"act", "relu"}};
  trial.state = TrialState::kRunning;
  trial.version = 2;
  return trial;
}

void ReadManifest(benchmark::State& state) {
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(ReadBenchExperiment());
  }
}
BENCHMARK(ReadManifest);

void ParseLine(benchmark::State& state) {
  metrics::ParserOptions options;
  options.metrics = {"loss", "accuracy"};
  auto parser = metrics::LineParser::Make(options);
  HONE_CHECK(parser.has_value());
  std::vector<Observation> found;
  std::string warning;
  while (state.KeepRunning()) {
    found.clear();
    (*parser)->Parse("epoch=17 loss=0.0231 accuracy=0.9412", Time(), found, warning);
    benchmark::DoNotOptimize(found.data());
  }
}
BENCHMARK(ParseLine);

void Render(benchmark::State& state) {
  const Experiment experiment = ReadBenchExperiment();
  FieldErrors errors;
  const auto rendered = controller::WorkloadTemplate::Make(experiment, errors);
  HONE_CHECK(rendered != nullptr);
  const Trial trial = RunningTrial(experiment, 17);
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(rendered->Render(trial));
  }
}
BENCHMARK(Render);

/// One pass in which one of two trials has ended.
void Decide(benchmark::State& state) {
  Experiment experiment = ReadBenchExperiment();
  experiment.status.counts.created = 2;
  experiment.status.counts.running = 2;
  controller::ExperimentView view{.experiment = experiment,
                                  .active = {},
                                  .limits = {},
                                  .suggestion_failure = {},
                                  .now = Time(std::chrono::hours(1))};
  for (const std::uint64_t ordinal : {1U, 2U}) {
    view.active.push_back(
        {.trial = RunningTrial(experiment, ordinal), .workload = {}, .metrics = {}});
    view.active.back().workload.phase = controller::WorkloadState::Phase::kRunning;
  }
  view.active.front().workload.phase = controller::WorkloadState::Phase::kSucceeded;
  view.active.front().metrics = {{"loss", "0.1", "0.3", "0.1"}};
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(controller::Decide(view));
  }
}
BENCHMARK(Decide);

/// One pass as the controller commits it: one trial ends, the next begins.
void Commit(benchmark::State& state) {
  const TemporaryFolder folder;
  auto store = db::OpenSqliteStore(folder / "hone.db", db::SqliteAccess::kReadWrite);
  HONE_CHECK(store.has_value());
  const auto created = (*store)->CreateExperiment(ReadBenchExperiment());
  const auto epoch = (*store)->AcquireEpoch();
  HONE_CHECK(created.has_value() && epoch.has_value());
  db::Transition transition;
  transition.epoch = *epoch;
  transition.experiment = *created;
  std::vector<Trial> before;
  std::uint64_t ordinal = 0;
  while (state.KeepRunning()) {
    transition.updated = std::move(before);
    for (Trial& trial : transition.updated) {
      trial.state = TrialState::kSucceeded;
    }
    transition.created = {RunningTrial(*created, ++ordinal)};
    HONE_CHECK((*store)->Commit(transition).has_value());
    before = std::move(transition.created);
  }
}
BENCHMARK(Commit)->UseRealTime();

}  // namespace
}  // namespace hone::bench
