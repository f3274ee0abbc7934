// Trial: one point of the search space and its state. The allowed changes of state are in one table
// (CanMove). A Trial does not know how it is run. A plain value; any thread may hold its own copy.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/core/time.h"
#include "proto/model/experiment_key.h"
#include "proto/model/observation.h"

namespace hone {

/// kCreated means waiting to be run (Katib's "pending"). The last five are terminal.
enum class TrialState {
  kCreated = 0,
  kRunning = 1,
  kSucceeded = 2,
  kFailed = 3,
  kKilled = 4,
  kEarlyStopped = 5,
  kMetricsUnavailable = 6,
};

[[nodiscard]] constexpr bool IsTerminal(TrialState state) {
  return state >= TrialState::kSucceeded;
}

/// Created -> Running -> a terminal state. Running -> Created when an attempt was interrupted or is
/// to be retried; Created -> Failed or Killed when the trial never ran. A terminal state is final,
/// except for Failed and MetricsUnavailable -> Created when the user retries the trial.
[[nodiscard]] bool CanMove(TrialState from, TrialState to);

std::string_view ToText(TrialState value);

/// One parameter's value, as text, in the form that the trial's command gets.
struct Assignment {
  std::string name;
  std::string value;
  bool operator==(const Assignment&) const = default;
};
using Assignments = std::vector<Assignment>;

struct Trial {
  ExperimentKey experiment;
  /// From 1, in the order of creation, without gaps.
  std::uint64_t ordinal = 0;
  Assignments assignments;
  /// The trial whose checkpoint this one goes on from; 0 if it starts anew.
  std::uint64_t parent = 0;
  /// The algorithm's notes on the trial; see Suggestion.
  std::map<std::string, std::string> labels;
  TrialState state = TrialState::kCreated;
  /// The attempt that runs or ran last, from 1.
  std::int32_t attempt = 1;
  /// Attempts that ended by themselves without success; bounded by backoffLimit.
  std::int32_t failures = 0;
  /// Attempts that were cut off, because hone or the machine died.
  std::int32_t interruptions = 0;
  /// Attempts that could not be started for a reason that may pass (the disk was full).
  std::int32_t start_failures = 0;
  /// How long its ended attempts ran; bounded by the deadline. Attempts that were cut off are not
  /// included, since their ends are not known.
  Duration run_time{0};
  /// The earliest time for the next attempt; zero means at once.
  Time not_before;
  std::string reason;
  std::string message;
  Time created;
  Time started;
  Time completed;
  /// Summary of the last attempt's observations; set when the trial ends.
  std::vector<MetricSummary> metrics;
  /// The number of stored changes, from 1. Each is one row of the log.
  std::int64_t version = 0;
  bool operator==(const Trial&) const = default;

  /// "<experiment>-<ordinal>"
  [[nodiscard]] std::string name() const;
  [[nodiscard]] AttemptId attempt_id() const { return {experiment, ordinal, attempt}; }
};

/// Splits "<experiment>-<ordinal>" of `ns`; nothing if the text is not a trial's name.
struct TrialKey {
  ExperimentKey experiment;
  std::uint64_t ordinal = 0;
};
std::optional<TrialKey> ParseTrialName(const std::string& ns, std::string_view name);

}  // namespace hone
