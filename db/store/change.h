// Change: one row of the store's log. The log is the feed of every watcher, and the outbox of
// everything that is sent outside: each change is one row, written in the same transaction. A row
// identifies its subject in full, because it may outlive it. Plain values and pure functions: any
// thread.
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

/// The kind of the changed object. The numbers are stored in databases.
enum class ChangeKind {
  kExperiment = 0,
  kTrial = 1,
  /// The observations of one trial.
  kObservations = 2,
};

/// What was done to it. The numbers are stored in databases.
enum class ChangeAction {
  kCreated = 0,
  /// Spec, labels or annotations were replaced. If the spec differs, the generation has increased.
  kSpec = 1,
  kStatus = 2,
  /// Deleted with all that belonged to it: the trials of an experiment get no rows of their own.
  kDeleted = 3,
  /// Observations were added: one row per trial and transaction, however many were added.
  kObserved = 4,
};

struct Change {
  /// Ascending over the whole store, in the order in which the changes became visible.
  std::uint64_t sequence = 0;
  ChangeKind kind = ChangeKind::kExperiment;
  ChangeAction action = ChangeAction::kCreated;
  ExperimentKey experiment;
  /// The experiment's uid: distinguishes it from a deleted experiment of the same name.
  std::string uid;
  /// The trial's ordinal; 0 for the experiment itself.
  std::uint64_t ordinal = 0;
  /// The experiment's generation.
  std::int64_t generation = 0;
  /// For an experiment or a trial: its version, which is 1, 2, 3, ... without gaps. For
  /// observations: the sequence of the last one that was added.
  std::int64_t subject_sequence = 0;
  /// The trial's state, or the experiment's newest condition if the change has set it; else empty.
  std::string state;
  Time time;

  bool operator==(const Change&) const = default;
};

/// A change of the experiment itself; sequence and time are not set yet.
Change ChangeOf(const Experiment& experiment, ChangeAction action, std::string_view state = "");

/// The log has the changes above `trimmed` up to `newest`, numbered without gaps.
struct LogEnds {
  std::uint64_t trimmed = 0;
  std::uint64_t newest = 0;
};

/// kOutOfRange if changes after `cursor` have been trimmed, or if the cursor is above the newest
/// change.
[[nodiscard]] Status CheckCursor(std::uint64_t cursor, const LogEnds& ends);

}  // namespace hone::db
