#include "controller/cli/progress.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "controller/cli/text.h"
#include "controller/cli/trial_columns.h"
#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

constexpr std::size_t kTableTrialsMax = 8;
constexpr std::size_t kRateTrialsMax = 64;
constexpr std::size_t kWarningsMax = 100;

}  // namespace

Progress::Progress(const Experiment& experiment,
                   const Clock& clock,
                   std::unique_ptr<ProgressView> view,
                   const Output& output)
    : key_(experiment.key),
      objective_(experiment.spec.objective.value_or(Objective{})),
      clock_(clock),
      view_(std::move(view)),
      output_(output) {
  frame_.experiment = experiment.key.name;
  frame_.metric = objective_.metric_name;
  OnExperiment(experiment);
}

void Progress::OnTrial(const Trial& trial) {
  TrialLine line;
  line.ordinal = trial.ordinal;
  line.attempt = trial.attempt;
  line.name = trial.name();
  line.state = trial.state;
  line.objective = ObjectiveValue(objective_, trial.metrics);
  line.duration = DurationOf(trial, clock_.Now());
  line.started = trial.started;
  line.parameters = FormatAssignments(trial.assignments);
  line.reason = ReasonText(trial);
  if (IsTerminal(trial.state)) {
    ends_.push_back(clock_.Elapsed());
    if (ends_.size() > kRateTrialsMax) {
      ends_.pop_front();
    }
  }
  UpdateTable(line);
  view_->ShowTrial(line, frame_);
}

// A changed trial keeps its place in the table if it is there already. The table keeps the running
// trials and the newest of the ended ones.
void Progress::UpdateTable(const TrialLine& line) {
  const auto same =
      std::find_if(frame_.trials.begin(), frame_.trials.end(), [&](const TrialLine& entry) {
        return entry.ordinal == line.ordinal;
      });
  if (same != frame_.trials.end()) {
    *same = line;
    return;
  }
  frame_.trials.push_back(line);
  if (frame_.trials.size() > kTableTrialsMax) {
    const auto ended = std::find_if(frame_.trials.begin(),
                                    frame_.trials.end(),
                                    [](const TrialLine& entry) { return IsTerminal(entry.state); });
    frame_.trials.erase(ended != frame_.trials.end() ? ended : frame_.trials.begin());
  }
}

void Progress::OnExperiment(const Experiment& experiment) {
  const TrialCounts& counts = experiment.status.counts;
  frame_.done = counts.Completed();
  frame_.running = counts.running;
  frame_.failures = counts.Failures();
  if (experiment.spec.max_trial_count) {
    frame_.max = *experiment.spec.max_trial_count;
  }
  if (const std::optional<OptimalTrial>& optimal = experiment.status.optimal) {
    frame_.best = optimal->value;
    frame_.best_trial = experiment.key.name + "-" + std::to_string(optimal->ordinal);
  }
}

void Progress::OnWarning(const std::string& message) {
  const bool is_known = std::find(warnings_.begin(), warnings_.end(), message) != warnings_.end();
  if (is_known || warnings_.size() >= kWarningsMax) {
    return;
  }
  warnings_.push_back(message);
  view_->ShowMessage(output_.error_painter().Paint(Color::kYellow, "warning: ") +
                     Printable(message));
}

void Progress::OnObjective(std::uint64_t ordinal, const std::string& value) {
  const std::optional<double> number = ParseNumber(value);
  for (TrialLine& line : frame_.trials) {
    if (line.ordinal == ordinal) {
      line.objective = number && std::isfinite(*number) ? number : std::nullopt;
    }
  }
}

std::vector<AttemptId> Progress::RunningTrials() const {
  std::vector<AttemptId> running;
  if (view_->shows_running()) {
    for (const TrialLine& line : frame_.trials) {
      if (line.state == TrialState::kRunning) {
        running.push_back({key_, line.ordinal, line.attempt});
      }
    }
  }
  return running;
}

void Progress::SetNotice(const std::string& notice) {
  frame_.notice = notice;
  view_->ShowNotice(frame_);
}

void Progress::UpdateRate() {
  if (ends_.size() < 2) {
    frame_.rate = 0;
    return;
  }
  const std::chrono::duration<double> seconds = clock_.Elapsed() - ends_.front();
  frame_.rate = seconds.count() > 0 ? static_cast<double>(ends_.size() - 1) / seconds.count() : 0;
}

void Progress::Refresh() {
  UpdateRate();
  for (TrialLine& line : frame_.trials) {
    if (line.state == TrialState::kRunning) {
      line.duration = clock_.Now() - line.started;
    }
  }
  view_->Refresh(frame_, clock_.Elapsed());
}

void Progress::Close() {
  UpdateRate();
  frame_.notice.clear();
  view_->Close(frame_);
}

}  // namespace hone::controller
