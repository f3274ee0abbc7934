// Failures: why trials of an experiment failed, those that failed alike together. Read for the end
// of a run and for whoever asks for a best trial that does not exist.
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
  /// Of the first one.
  std::string message;
  std::string first_trial;
  std::int64_t trials = 0;
};

/// The failures of the first 1,000 trials that failed or reported nothing, the commonest first.
Result<std::vector<FailureKind>> ReadFailures(db::Store& store, const Experiment& experiment);

/// True if it has ended and no trial has a value.
bool EndedWithoutResult(const Experiment& experiment);

}  // namespace hone::controller
