#include "tests/simulation/simulated_runner.h"

#include <algorithm>
#include <utility>

#include "proto/core/mixed_bits.h"

namespace hone::controller {
namespace {

constexpr std::size_t kValuesMax = 4;

std::uint64_t Mix(std::uint64_t value) {
  return Finalised(value + kGoldenStep);
}

}  // namespace

std::uint64_t SimulatedRunner::Draw(const AttemptId& id, std::uint64_t salt) const {
  std::uint64_t hash = Mix(seed_ ^ salt);
  for (const char c : id.experiment.name) {
    hash = Mix(hash ^ static_cast<std::uint64_t>(c));
  }
  return Mix(Mix(hash ^ id.ordinal) ^ static_cast<std::uint64_t>(id.attempt));
}

bool SimulatedRunner::Chance(const AttemptId& id, std::uint64_t salt, unsigned percent) const {
  return Draw(id, salt) % 100 < percent;
}

Script SimulatedRunner::DrawScript(const Workload& workload) const {
  const AttemptId& id = workload.id;
  Script script;
  // Without a deadline a hanging trial would rightly block its experiment for ever.
  script.hangs = workload.active_deadline_seconds > 0 && Chance(id, 2, habits_.hangs);
  script.fails = Chance(id, 3, habits_.failures);
  const std::size_t count = Chance(id, 5, habits_.silent) ? 0 : 1 + Draw(id, 6) % kValuesMax;
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_number = !Chance(id, 100 + i, habits_.not_a_number);
    const auto value = static_cast<double>(Draw(id, 200 + i) % 1000) / 1000;
    script.values.push_back(is_number ? FormatNumber(value) : "nan");
  }
  return script;
}

SimulatedRunner::Attempt SimulatedRunner::MakeAttempt(const Workload& workload) const {
  const auto given = scripts_.find(workload.id);
  const Script script = given == scripts_.end() ? DrawScript(workload) : given->second;
  const Duration length = std::chrono::milliseconds(1 + Draw(workload.id, 1) % 5000);
  Attempt attempt;
  attempt.metric = workload.metric_source.metrics.front();
  attempt.state = {.phase = WorkloadState::Phase::kRunning, .started = clock_.Now()};
  if (given == scripts_.end() && Chance(workload.id, 11, habits_.start_fails_late)) {
    return {.state = {.phase = WorkloadState::Phase::kWaiting, .reason = "WaitingForGpu"},
            .ends = clock_.Now() + length,
            .never_starts = true};
  }
  attempt.ends = script.hangs ? Time::max() : clock_.Now() + length;
  attempt.fails = script.fails;
  attempt.obeys = !Chance(workload.id, 4, habits_.ignores_politeness);
  attempt.values = script.values;
  attempt.value_interval = length / static_cast<std::int64_t>(script.values.size() + 1);
  return attempt;
}

Status SimulatedRunner::Ensure(const Workload& workload) {
  if (sink_ == nullptr || attempts_.contains(workload.id)) {
    return {};
  }
  const AttemptId any_attempt{workload.id.experiment, workload.id.ordinal, 0};
  if (Chance(workload.id, 7, habits_.start_unavailable) ||
      Chance(any_attempt, 10, habits_.never_available)) {
    return Fail(Code::kUnavailable, "no process could be made");
  }
  if (Chance(workload.id, 8, habits_.start_impossible)) {
    return Fail(Code::kNotFound, "no such command");
  }
  if (!started_.insert(workload.id).second) {
    violations_.push_back("attempt " + workload.id.ToString() + " was started twice");
  }
  attempts_.emplace(workload.id, MakeAttempt(workload));
  return {};
}

WorkloadState SimulatedRunner::Observe(const AttemptId& id) {
  const auto found = attempts_.find(id);
  return found == attempts_.end() ? WorkloadState{} : found->second.state;
}

void SimulatedRunner::Stop(const AttemptId& id, std::chrono::milliseconds grace) {
  const auto found = attempts_.find(id);
  if (sink_ == nullptr || found == attempts_.end()) {
    return;
  }
  Attempt& attempt = found->second;
  if (attempt.state.IsFinished() || attempt.never_starts) {
    attempts_.erase(found);
    return;
  }
  const Time polite = clock_.Now() + std::chrono::milliseconds(1);
  const Time forced = clock_.Now() + grace;
  const Time end = attempt.obeys ? std::min(polite, forced) : forced;
  attempt.killed_at = std::min(attempt.killed_at, end);
}

void SimulatedRunner::Connect(ObservationSink* sink, Wake wake) {
  sink_ = sink;
  wake_ = std::move(wake);
}

void SimulatedRunner::Disconnect() {
  sink_ = nullptr;
  wake_ = nullptr;
}

void SimulatedRunner::EndOrphans() {
  attempts_.clear();
}

Time SimulatedRunner::NextOf(const Attempt& attempt) {
  if (attempt.state.IsFinished()) {
    return Time::max();
  }
  Time next = std::min(attempt.ends, attempt.killed_at);
  if (attempt.next_value < attempt.values.size()) {
    const auto step = static_cast<std::int64_t>(attempt.next_value + 1);
    next = std::min(next, attempt.state.started + attempt.value_interval * step);
  }
  return next;
}

void SimulatedRunner::Report(const AttemptId& id, Attempt& attempt) {
  const std::size_t index = attempt.next_value++;
  Observation observation{.sequence = index + 1,
                          .metric = attempt.metric,
                          .step = static_cast<std::int64_t>(index + 1),
                          .value = attempt.values[index],
                          .time = clock_.Now()};
  if (sink_ != nullptr) {
    reported_[id].push_back(observation);
    sink_->Append(id, {std::move(observation)});
  }
}

void SimulatedRunner::Finish(const AttemptId& id, Attempt& attempt, bool is_stopped) {
  if (attempt.never_starts) {
    attempt.state = NotStarted({Code::kNotFound, "no such command"}, clock_.Now());
  } else {
    End(id, attempt, is_stopped);
  }
  if (wake_) {
    wake_(id.experiment);
  }
}

void SimulatedRunner::End(const AttemptId& id, Attempt& attempt, bool is_stopped) {
  while (!is_stopped && !attempt.fails && attempt.next_value < attempt.values.size()) {
    Report(id, attempt);
  }
  WorkloadState& state = attempt.state;
  state.finished = clock_.Now();
  if (is_stopped || attempt.fails) {
    state.phase = WorkloadState::Phase::kFailed;
    state.reason = is_stopped ? kStopped : "Error";
    state.message = "simulated";
  } else {
    state.phase = WorkloadState::Phase::kSucceeded;
  }
  if (sink_ != nullptr) {
    run_times_[{id.experiment, id.ordinal}] += state.finished - state.started;
  }
}

void SimulatedRunner::CountBusyTime() {
  const Duration passed = clock_.Now() - std::exchange(counted_, clock_.Now());
  std::set<ExperimentKey> running;
  for (const auto& [id, attempt] : attempts_) {
    if (!attempt.state.IsFinished()) {
      running.insert(id.experiment);
    }
  }
  for (const ExperimentKey& key : running) {
    busy_[key] += sink_ == nullptr ? Duration(0) : passed;
  }
}

void SimulatedRunner::Progress() {
  CountBusyTime();
  const Time now = clock_.Now();
  for (auto& [id, attempt] : attempts_) {
    while (NextOf(attempt) <= now) {
      if (attempt.killed_at <= now) {
        Finish(id, attempt, true);
      } else if (attempt.ends <= now) {
        Finish(id, attempt, false);
      } else {
        Report(id, attempt);
      }
    }
  }
}

std::optional<Time> SimulatedRunner::NextEvent() const {
  Time next = Time::max();
  for (const auto& [id, attempt] : attempts_) {
    next = std::min(next, NextOf(attempt));
  }
  return next == Time::max() ? std::nullopt : std::optional(next);
}

Duration SimulatedRunner::RunTime(const ExperimentKey& experiment, std::uint64_t ordinal) const {
  const auto found = run_times_.find({experiment, ordinal});
  return found == run_times_.end() ? Duration(0) : found->second;
}

Duration SimulatedRunner::BusyTime(const ExperimentKey& experiment) const {
  const auto found = busy_.find(experiment);
  return found == busy_.end() ? Duration(0) : found->second;
}

Duration SimulatedRunner::LongestRun(const ExperimentKey& experiment) const {
  Duration longest{0};
  for (const auto& [id, attempt] : attempts_) {
    if (id.experiment == experiment && attempt.state.phase == WorkloadState::Phase::kRunning) {
      longest = std::max(longest, clock_.Now() - attempt.state.started);
    }
  }
  return longest;
}

std::size_t SimulatedRunner::Running(const ExperimentKey& experiment) const {
  return static_cast<std::size_t>(
      std::count_if(attempts_.begin(), attempts_.end(), [&](const auto& entry) {
        return entry.first.experiment == experiment && !entry.second.state.IsFinished();
      }));
}

}  // namespace hone::controller
