#include "tests/simulation/simulated_runner.h"

#include <algorithm>
#include <utility>

namespace hone::controller {
namespace {

constexpr std::size_t kValuesMax = 4;

std::uint64_t Mix(std::uint64_t value) {
  // splitmix64 (Steele, Lea, Flood 2014).
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
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

SimulatedRunner::Attempt SimulatedRunner::MakeAttempt(const Workload& workload) const {
  const AttemptId& id = workload.id;
  Attempt attempt;
  attempt.metric = workload.metric_source.metrics.front();
  attempt.state = {.phase = WorkloadState::Phase::kRunning, .started = clock_.Now()};
  const Duration length = std::chrono::milliseconds(1 + Draw(id, 1) % 5000);
  // Without a deadline a trial that hangs would hang its experiment for ever, and rightly so.
  const bool hangs = workload.active_deadline_seconds > 0 && Chance(id, 2, habits_.hangs);
  attempt.ends = hangs ? Time::max() : clock_.Now() + length;
  attempt.fails = Chance(id, 3, habits_.failures);
  attempt.obeys = !Chance(id, 4, habits_.ignores_politeness);
  attempt.ends_well_when_asked = Chance(id, 9, habits_.ends_well_when_asked);
  if (!Chance(id, 5, habits_.silent)) {
    const std::size_t count = 1 + Draw(id, 6) % kValuesMax;
    for (std::size_t i = 0; i < count; ++i) {
      const bool is_number = !Chance(id, 100 + i, habits_.not_a_number);
      const auto value = static_cast<double>(Draw(id, 200 + i) % 1000) / 1000;
      attempt.values.push_back(is_number ? FormatNumber(value) : "nan");
    }
    attempt.value_interval = length / static_cast<std::int64_t>(count + 1);
  }
  return attempt;
}

Status SimulatedRunner::Ensure(const Workload& workload) {
  if (sink_ == nullptr || attempts_.contains(workload.id)) {
    return {};
  }
  if (Chance(workload.id, 7, habits_.start_unavailable)) {
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
  if (attempt.state.IsFinished()) {
    attempts_.erase(found);
    return;
  }
  const Time polite = clock_.Now() + std::chrono::milliseconds(1);
  const Time forced = clock_.Now() + grace;
  const Time end = attempt.obeys ? std::min(polite, forced) : forced;
  if (end < attempt.killed_at) {
    attempt.killed_at = end;
    attempt.is_asked = attempt.obeys && polite <= forced;
  }
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

void SimulatedRunner::Finish(const AttemptId& id, Attempt& attempt, bool by_force) {
  while (!by_force && !attempt.fails && attempt.next_value < attempt.values.size()) {
    Report(id, attempt);
  }
  const bool ends_well = attempt.is_asked && attempt.ends_well_when_asked;
  const bool succeeds = by_force ? ends_well : !attempt.fails;
  attempt.state.phase = succeeds ? WorkloadState::Phase::kSucceeded : WorkloadState::Phase::kFailed;
  attempt.state.finished = clock_.Now();
  attempt.state.reason = succeeds ? "" : (by_force ? "Signalled" : "Error");
  attempt.state.message = succeeds ? "" : "simulated";
  if (wake_) {
    wake_(id.experiment);
  }
}

void SimulatedRunner::Progress() {
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

std::size_t SimulatedRunner::Running(const ExperimentKey& experiment) const {
  return static_cast<std::size_t>(
      std::count_if(attempts_.begin(), attempts_.end(), [&](const auto& entry) {
        return entry.first.experiment == experiment && !entry.second.state.IsFinished();
      }));
}

}  // namespace hone::controller
