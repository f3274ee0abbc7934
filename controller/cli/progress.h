// Progress: receives every change of a trial and shows progress on stderr: as a live frame on a
// terminal, as plain lines elsewhere, not at all with --quiet. Owned by the command that runs an
// experiment; its thread only. Costs a few microseconds for each change.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "controller/cli/frame.h"
#include "controller/cli/output.h"
#include "proto/core/time.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// Shows progress to the user. Implementations differ in what they print.
class ProgressView {
 public:
  virtual ~ProgressView() = default;
  /// Called after a trial changed; `frame` includes the change.
  virtual void ShowTrial(const TrialLine& trial, const Frame& frame) = 0;
  /// Prints a line that stays on the screen.
  virtual void ShowMessage(const std::string& line) = 0;
  /// Called when `frame` has a new notice.
  virtual void ShowNotice(const Frame& frame) = 0;
  /// Draws the changes if the interval has passed. `now` is monotonic.
  virtual void Refresh(const Frame& frame, Duration now) = 0;
  /// Called last.
  virtual void Close(const Frame& frame) = 0;
  /// The interval at which to call Refresh; nothing if it need not be called.
  [[nodiscard]] virtual std::optional<Duration> interval() const = 0;
  /// Whether it shows trials while they run.
  [[nodiscard]] virtual bool shows_running() const { return false; }
};

std::unique_ptr<ProgressView> MakeLiveView(const Painter& painter);
std::unique_ptr<ProgressView> MakePlainView();
std::unique_ptr<ProgressView> MakeQuietView();

class Progress {
 public:
  Progress(const Experiment& experiment,
           const Clock& clock,
           std::unique_ptr<ProgressView> view,
           const Output& output);

  /// A trial has changed.
  void OnTrial(const Trial& trial);
  void OnExperiment(const Experiment& experiment);
  /// What a running trial reported last of the objective's metric.
  void OnObjective(std::uint64_t ordinal, const std::string& value);
  /// Something a person should read once.
  void OnWarning(const std::string& message);

  /// The running trials that are shown; none if the view does not show them.
  [[nodiscard]] std::vector<AttemptId> RunningTrials() const;

  /// Shown until the end ("finishing 2 running trials ...").
  void SetNotice(const std::string& notice);
  void Refresh();
  void Close();
  [[nodiscard]] std::optional<Duration> interval() const { return view_->interval(); }

 private:
  void UpdateTable(const TrialLine& line);
  void UpdateRate();

  ExperimentKey key_;
  Objective objective_;
  const Clock& clock_;
  std::unique_ptr<ProgressView> view_;
  const Output& output_;
  Frame frame_;
  /// When the latest trials ended, monotonic.
  std::deque<Duration> ends_;
  std::vector<std::string> warnings_;
};

}  // namespace hone::controller
