// Failures: why trials of an experiment failed, grouped by like messages. Read at the end of a run,
// and when a user asks for the best trial and there is none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/store/store.h"
#include "proto/core/result.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// Trials that failed alike: their messages differ at most in their numbers.
struct FailureKind {
  /// The message of the first of them.
  std::string message;
  std::string first_trial;
  std::int64_t trials = 0;
};

/// The failures of the first 1,000 trials that failed or reported no metric, the most common first.
Result<std::vector<FailureKind>> ReadFailures(db::Store& store, const Experiment& experiment);

/// True if the experiment has ended and no trial has a value.
bool EndedWithoutResult(const Experiment& experiment);

}  // namespace hone::controller
