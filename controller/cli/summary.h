// Summary: the text that a user reads when a run is over. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/cli/failures.h"
#include "controller/cli/terminal.h"
#include "controller/reconcile/controller.h"
#include "proto/model/experiment.h"
#include "proto/model/trial.h"

namespace hone::controller {

struct Summary {
  Experiment experiment;
  std::optional<Trial> best;
  /// The files that the best trial left.
  std::vector<std::string> files;
  /// Why trials failed, the most common reason first.
  std::vector<FailureKind> failures;
  /// The log of the first trial with the most common failure; empty if the trial printed nothing.
  std::string failure_log;
  SlotTimes slots;
  /// "hone", with the flags that follow-up commands need.
  std::string program;
};

std::string RenderSummary(const Summary& summary, const Painter& painter);

/// The best trial: its metrics, parameters and files.
std::string RenderBest(const Summary& summary, const Painter& painter);

/// "0.40% of the trial slots' time (...)"; empty before a trial has ended.
std::string RenderInfrastructure(SlotTimes slots);

/// "of 5 trials 4 failed, train-1 first: exited with code 1: ..."; empty if none failed.
std::string FailureText(const Experiment& experiment, const std::vector<FailureKind>& failures);

/// The text of a metric's value by its strategy; "" if there is none.
std::string MetricText(const MetricSummary& metric, MetricStrategy strategy);

/// Names the value that MetricText shows: "min", "max" or "latest"; "" if all three are equal.
std::string MetricMeaning(const MetricSummary& metric, MetricStrategy strategy);

}  // namespace hone::controller
