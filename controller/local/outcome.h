// Outcome: how a process ended, in the words of a workload's state. Pure.
#pragma once

#include <csignal>
#include <string>
#include <string_view>

#include "controller/workload/runner.h"

namespace hone::controller {

struct Outcome {
  WorkloadState::Phase phase = WorkloadState::Phase::kFailed;
  std::string reason;
  std::string message;
};

/// `exit` is the result of waitid. `output_tail` is the end of the output: unless the process
/// succeeded, the line in it that tells the reason is quoted.
Outcome OutcomeOf(const siginfo_t& exit, std::string_view output_tail);

}  // namespace hone::controller
