#include "tests/simulation/simulation.h"

#include <algorithm>
#include <array>

#include "controller/decide/ending.h"
#include "db/store/memory_store.h"
#include "suggestion/engine/background_suggester.h"
#include "suggestion/engine/in_process_suggester.h"

namespace hone::controller {
namespace {

/// A simulation with more steps than this is stuck.
constexpr std::size_t kStepsMax = 20'000;
/// After this many steps there are no more faults and requests: the experiments must end.
constexpr std::size_t kTroubleSteps = 400;
/// Maximum number of retries of failed trials per simulation.
constexpr std::size_t kRetriesMax = 3;

constexpr const char* kJob = R"({
  "apiVersion": "batch/v1", "kind": "Job",
  "spec": {"backoffLimit": BACKOFF, DEADLINE "template": {"spec": {
    "containers": [{"name": "main", "image": "none",
                    "command": ["train", "${trialParameters.x}"]}],
    "terminationGracePeriodSeconds": 2, "restartPolicy": "Never"}}}})";

std::string MakeJob(std::int64_t backoff_limit, bool has_deadline) {
  std::string text = kJob;
  text.replace(text.find("BACKOFF"), 7, std::to_string(backoff_limit));
  text.replace(text.find("DEADLINE"), 8, has_deadline ? "\"activeDeadlineSeconds\": 60," : "");
  return text;
}

}  // namespace

Simulation::Simulation(std::uint64_t seed)
    : random_(seed),
      real_store_(db::MakeMemoryStore(clock_)),
      store_(*real_store_, seed + 1, StoreFaults{}),
      runner_(clock_, seed + 2, TrialHabits{}) {
  const std::size_t count = 1 + random_() % 2;
  for (std::size_t i = 0; i < count; ++i) {
    const Experiment experiment = MakeExperiment(i);
    keys_.push_back(experiment.key);
    HONE_CHECK(store_.CreateExperiment(experiment).has_value());
  }
  Boot();
}

Simulation::~Simulation() = default;

Experiment Simulation::MakeExperiment(std::size_t index) {
  Experiment experiment;
  experiment.key = {"default", "life-" + std::to_string(index)};
  experiment.uid = "uid-" + std::to_string(random_() % 1000);
  ExperimentSpec& spec = experiment.spec;
  const bool is_finite = Chance(400);
  spec.parameters = {{.name = "x",
                      .type = is_finite ? ParameterType::kInt : ParameterType::kDouble,
                      .feasible_space = {.min = "1", .max = is_finite ? "9" : "2"}}};
  const char* const simple = is_finite && Chance(500) ? "grid" : "random";
  spec.algorithm = AlgorithmSpec{Chance(300) ? "tpe" : simple, {}};
  spec.objective =
      Objective{.type = Chance(500) ? ObjectiveType::kMaximize : ObjectiveType::kMinimize,
                .metric_name = "score"};
  const auto strategy = Chance(500) ? MetricStrategy::kLatest : MetricStrategy::kMax;
  spec.objective->metric_strategies = {{"score", strategy}};
  if (Chance(200)) {
    spec.objective->goal = spec.objective->type == ObjectiveType::kMaximize ? 0.9 : 0.1;
  }
  spec.parallel_trial_count = 1 + static_cast<std::int32_t>(random_() % 4);
  spec.max_trial_count = 4 + static_cast<std::int32_t>(random_() % 12);
  if (Chance(300)) {
    spec.max_failed_trial_count = static_cast<std::int32_t>(random_() % 4);
  }
  if (Chance(200)) {
    spec.max_duration_seconds = 1 + static_cast<std::int32_t>(random_() % 20);
  }
  spec.trial_template =
      TrialTemplate{.trial_spec = MakeJob(static_cast<std::int64_t>(random_() % 3), Chance(700)),
                    .trial_parameters = std::vector<TrialParameter>{{"x", "", "x"}},
                    .primary_container_name = "main"};
  spec.metrics_collector = MetricsCollectorSpec{.kind = CollectorKind::kStdOut};
  spec.early_stopping = MakeEarlyStopping();
  return experiment;
}

/// Rules so aggressive that trials with few reports are stopped.
std::optional<AlgorithmSpec> Simulation::MakeEarlyStopping() {
  if (!Chance(500)) {
    return std::nullopt;
  }
  const std::array<AlgorithmSpec, 3> rules = {
      AlgorithmSpec{"medianstop", {{"min_trials_required", "1"}, {"start_step", "1"}}},
      AlgorithmSpec{"asha-stop", {{"eta", "2"}}},
      AlgorithmSpec{"plateau", {{"patience", "1"}}}};
  return rules.at(random_() % rules.size());
}

void Simulation::Boot() {
  ++tally_.restarts;
  store_.Revive();
  runner_.EndOrphans();
  suggester_ = MakeSuggester();
  const Platform platform{store_, runner_, *suggester_, clock_};
  controller_ = Controller::Make(platform, store_.AcquireEpoch().value(), clock_.Now());
  controller_->SetListener(this);
  runner_.Connect(controller_.get(), [this](const ExperimentKey& key) { controller_->Wake(key); });
  mode_ = RunMode::kRun;
  for (const ExperimentKey& key : keys_) {
    if (tally_.restarts > 1 && tally_.retried < kRetriesMax && Chance(100)) {
      RetryFailed(key);
    }
    const Status watched = controller_->Watch(key);
    if (!watched) {
      faults_.push_back("an experiment cannot be watched: " + watched.error().message);
    }
  }
  next_pass_ = clock_.Now();
}

std::unique_ptr<suggestion::Suggester> Simulation::MakeSuggester() {
  tasks_.Drop();
  if (Chance(500)) {
    return suggestion::MakeInProcessSuggester(store_);
  }
  const Duration most = Chance(500) ? std::chrono::milliseconds(20) : std::chrono::seconds(3);
  return suggestion::MakeBackgroundSuggester(
      store_,
      clock_,
      [this, most](auto task) {
        ++tally_.late_answers;
        tasks_.Add(Duration(random_() % static_cast<std::uint64_t>(most.count())), std::move(task));
      },
      [this](const ExperimentKey& key) { controller_->Wake(key); });
}

void Simulation::RetryFailed(const ExperimentKey& key) {
  Experiment experiment = store_.GetExperiment(key).value();
  if (experiment.status.IsCompleted()) {
    experiment.annotations[kResumedAnnotation] = FormatTime(clock_.Now() + Duration(1));
    HONE_CHECK(store_.UpdateSpec(experiment).has_value());
  }
  const std::vector<Trial> failed =
      store_
          .ListTrials(
              {.experiment = key, .states = {TrialState::kFailed, TrialState::kMetricsUnavailable}})
          .value();
  std::for_each(
      failed.begin(), failed.end(), [this](const Trial& trial) { invariants_.Retried(trial); });
  // The store may refuse the request or crash: then it has no effect until it is repeated.
  [[maybe_unused]] const auto retried = controller_->RetryFailed(key);
  ++tally_.retried;
}

void Simulation::Crash() {
  ++tally_.crashes;
  invariants_.limits().Crashed();
  runner_.Disconnect();
  tasks_.Drop();
  controller_.reset();
  // The processes continue for a while without a controller.
  clock_.AdvanceTo(clock_.Now() + std::chrono::milliseconds(random_() % 2000));
  runner_.Progress();
  Boot();
}

void Simulation::SetSuspend(const ExperimentKey& key, bool suspend) {
  Experiment experiment = store_.GetExperiment(key).value();
  experiment.spec.suspend = suspend;
  HONE_CHECK(store_.UpdateSpec(experiment).has_value());
}

void Simulation::ActFromOutside() {
  const ExperimentKey& key = keys_[random_() % keys_.size()];
  if (Chance(10)) {
    SetSuspend(key, true);
    invariants_.limits().Interrupted();
    ++tally_.suspensions;
  } else if (Chance(30)) {
    SetSuspend(key, false);
  } else if (Chance(5)) {
    mode_ = std::array{RunMode::kDrain, RunMode::kStop, RunMode::kStopNow}[random_() % 3];
    invariants_.limits().Interrupted();
    controller_->SetMode(mode_);
  } else if (Chance(20)) {
    controller_->Wake(key);
  }
}

void Simulation::OnDeleted(const ExperimentKey& key) {
  faults_.push_back(key.name + " is taken for deleted");
}

void Simulation::OnFailure(const ExperimentKey& key, const Error& error) {
  faults_.push_back("the controller gave " + key.name + " up: " + error.message);
}

bool Simulation::Step() {
  Time next = runner_.NextEvent().value_or(Time::max());
  next = std::min(next, next_pass_.value_or(Time::max()));
  next = std::min(next, tasks_.NextEnd().value_or(Time::max()));
  if (next == Time::max()) {
    next = clock_.Now() + std::chrono::seconds(1);
  }
  clock_.AdvanceTo(next);
  runner_.Progress();
  tasks_.Progress();
  controller_->WakeForLog();
  next_pass_ = controller_->RunDue();
  if (store_.crashed()) {
    faults_.clear();  // a store that has died fails for good
    Crash();
  }
  const std::vector<std::string> found = invariants_.CheckStep(*real_store_, runner_, keys_);
  faults_.insert(faults_.end(), found.begin(), found.end());
  return faults_.empty();
}

bool Simulation::IsOver() {
  return std::all_of(keys_.begin(), keys_.end(), [this](const ExperimentKey& key) {
    return controller_->Current(key).status.IsCompleted() && controller_->IsAtRest(key) &&
           runner_.Running(key) == 0;
  });
}

std::vector<std::string> Simulation::Run() {
  for (std::size_t step = 0; step < kStepsMax && Step(); ++step) {
    if (step < kTroubleSteps) {
      ActFromOutside();
    } else if (step == kTroubleSteps) {
      store_.StopFaults();
      std::for_each(
          keys_.begin(), keys_.end(), [this](const auto& key) { SetSuspend(key, false); });
    }
    const bool rests = std::all_of(keys_.begin(), keys_.end(), [this](const ExperimentKey& key) {
      return controller_->IsAtRest(key);
    });
    if (mode_ != RunMode::kRun && rests) {
      Boot();
    }
    if (IsOver()) {
      CountEndings();
      return invariants_.CheckAll(*real_store_, runner_, keys_);
    }
  }
  if (faults_.empty()) {
    for (const ExperimentKey& key : keys_) {
      faults_.push_back(DescribeUnfinished(key));
    }
  }
  return faults_;
}

void Simulation::CountEndings() {
  for (const ExperimentKey& key : keys_) {
    const Experiment experiment = real_store_->GetExperiment(key).value();
    tally_.trials += static_cast<std::size_t>(experiment.status.counts.created);
    tally_.early_stopped += static_cast<std::size_t>(experiment.status.counts.early_stopped);
    ++tally_.endings[experiment.status.conditions.back().reason];
    const std::vector<Trial> failed =
        real_store_->ListTrials({.experiment = key, .states = {TrialState::kFailed}}).value();
    for (const Trial& trial : failed) {
      ++tally_.failures[trial.reason];
    }
  }
}

std::string Simulation::DescribeUnfinished(const ExperimentKey& key) {
  const Experiment experiment = real_store_->GetExperiment(key).value();
  const TrialCounts& counts = experiment.status.counts;
  return key.name + " did not come to an end: " + experiment.status.conditions.back().reason +
         ", " + std::to_string(counts.created) + " created, " + std::to_string(counts.pending) +
         " pending, " + std::to_string(counts.running) + " running, " +
         std::to_string(runner_.Running(key)) + " processes";
}

}  // namespace hone::controller
