// Frame: the content of the live display at one moment, rendered for a given number of columns.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/cli/terminal.h"
#include "proto/model/trial.h"

namespace hone::controller {

/// One line of the table of the latest trials.
struct TrialLine {
  std::uint64_t ordinal = 0;
  std::string name;
  TrialState state = TrialState::kCreated;
  /// While it runs: the latest value that it has reported.
  std::optional<double> objective;
  /// Nothing while the trial waits.
  std::optional<Duration> duration;
  std::string parameters;
  /// Why it failed, or why it waits to be run again; may be empty.
  std::string reason{};
  /// When a running trial's duration starts to count.
  Time started{};
  std::int32_t attempt = 1;
};

struct Frame {
  std::string experiment;
  std::string metric;
  std::int64_t done = 0;
  /// Nothing: unbounded.
  std::optional<std::int64_t> max;
  std::int64_t running = 0;
  std::int64_t failures = 0;
  std::optional<double> best;
  std::string best_trial;
  /// Trials a second; 0 if not known yet.
  double rate = 0;
  /// Oldest first.
  std::vector<TrialLine> trials;
  /// A message about the run itself ("finishing 2 running trials ..."); may be empty.
  std::string notice;
};

/// The estimated time left; nothing if there is no estimate.
std::optional<Duration> TimeLeft(const Frame& frame);

/// "trials/s", or "trials/min" for slow ones.
std::string FormatRate(double per_second);

Color ColorOf(TrialState state);

/// Why a trial failed or waits to be run again; empty if neither.
std::string ReasonText(const Trial& trial);

struct FrameStyle {
  std::size_t columns = 80;
  /// The most lines of trials.
  std::size_t trials_max = 8;
  bool has_utf8 = true;
  Painter painter;
};

/// Lines no wider than `columns`.
std::vector<std::string> RenderFrame(const Frame& frame, const FrameStyle& style);

}  // namespace hone::controller
