// Change: one row of the store's log. The log is the feed of every watcher, and the outbox of
// everything that is sent outside: each change of anything is one row, written in the transaction
// that made it. A row names its subject in full, because it outlives it. Plain values and pure
// functions: any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proto/core/result.h"
#include "proto/core/time.h"
#include "proto/model/experiment_key.h"

namespace hone {
struct Experiment;
}

namespace hone::db {

/// What has changed. The numbers are kept in databases.
enum class ChangeKind {
  kExperiment = 0,
  kTrial = 1,
  /// Those of one trial.
  kObservations = 2,
};

/// What has happened to it. The numbers are kept in databases.
enum class ChangeAction {
  kCreated = 0,
  /// Spec, labels or annotations were replaced. A spec that differs has raised the generation.
  kSpec = 1,
  kStatus = 2,
  /// With all that belonged to it: the trials of an experiment get no rows of their own.
  kDeleted = 3,
  /// Observations were added: one row a trial, however many a transaction adds.
  kObserved = 4,
};

struct Change {
  /// Ascending over the whole store, in the order in which the changes became visible.
  std::uint64_t sequence = 0;
  ChangeKind kind = ChangeKind::kExperiment;
  ChangeAction action = ChangeAction::kCreated;
  ExperimentKey experiment;
  /// The experiment's: tells one that was created anew from its predecessor of the same name.
  std::string uid;
  /// Of the trial; 0 for the experiment itself.
  std::uint64_t ordinal = 0;
  /// The experiment's.
  std::int64_t generation = 0;
  /// Of an experiment or a trial: its version, which is 1, 2, 3, ... without gaps. Of observations:
  /// the sequence of the last one that was added.
  std::int64_t subject_sequence = 0;
  /// The trial's state, or the experiment's newest condition if the change has set it; else empty.
  std::string state;
  Time time;

  bool operator==(const Change&) const = default;
};

/// Of the experiment itself; its sequence and time are still to be given.
Change ChangeOf(const Experiment& experiment, ChangeAction action, std::string_view state = "");

/// The log has the changes above `trimmed` up to `newest`, numbered without gaps.
struct LogEnds {
  std::uint64_t trimmed = 0;
  std::uint64_t newest = 0;
};

/// kOutOfRange if what follows `cursor` is forgotten, or if the cursor was never given here.
[[nodiscard]] Status CheckCursor(std::uint64_t cursor, const LogEnds& ends);

}  // namespace hone::db
