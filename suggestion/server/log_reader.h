// LogReader: reads the observations of trials from a DBManager over gRPC, several trials at a time.
// No thread waits: the reading lives until all replies have arrived, at its deadline at the latest.
// Any thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "proto/core/result.h"

namespace hone::suggestion {

/// The number of calls to a DBManager that one reading has under way at once.
inline constexpr std::size_t kReadsAtOnce = 8;

/// A metric's values for each trial, in the order in which they were reported; values that are not
/// numbers are left out.
using TrialValues = std::vector<std::vector<double>>;

/// Calls `done` once, on a thread of gRPC or before this function returns, with the values of
/// `trials` in their order, or with the first error. For the services of a callback server, which
/// keeps gRPC's threads alive until `done` has been called.
void ReadLogs(const std::string& address,
              const std::string& metric,
              std::vector<std::string> trials,
              std::chrono::system_clock::time_point deadline,
              std::function<void(Result<TrialValues>)> done);

}  // namespace hone::suggestion
