// Summary: what a person reads when a run is over. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/cli/terminal.h"
#include "controller/reconcile/controller.h"
#include "proto/model/experiment.h"
#include "proto/model/trial.h"

namespace hone::controller {

struct Summary {
  Experiment experiment;
  std::optional<Trial> best;
  /// What the best trial left behind.
  std::vector<std::string> files;
  SlotTimes slots;
  /// "hone", with the flags that follow-up commands need.
  std::string program;
};

std::string RenderSummary(const Summary& summary, const Painter& painter);

/// The best trial: its metrics, parameters and files.
std::string RenderBest(const Summary& summary, const Painter& painter);

/// "0.40% of the trial slots' time (...)"; empty before a trial has ended.
std::string RenderInfrastructure(SlotTimes slots);

/// The text of a metric's value by its strategy; "" if there is none.
std::string MetricText(const MetricSummary& metric, MetricStrategy strategy);

}  // namespace hone::controller
