// LogReader: what trials have reported, asked of a DBManager over gRPC, some trials at a time. No
// thread waits: the reading lives until all has come, which is at its deadline at the latest.
// Any thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "proto/core/result.h"

namespace hone::suggestion {

/// Calls to a DBManager that one reading has under way.
inline constexpr std::size_t kReadsAtOnce = 8;

/// A metric's values of each trial, in the order in which they were reported; what is no number is
/// left out.
using TrialValues = std::vector<std::vector<double>>;

/// Calls `done` once, on a thread of gRPC's or before this returns, with the values of `trials` in
/// their order, or with the first error. For the services of a callback server, which keeps gRPC's
/// threads until `done` has been called.
void ReadLogs(const std::string& address,
              const std::string& metric,
              std::vector<std::string> trials,
              std::chrono::system_clock::time_point deadline,
              std::function<void(Result<TrialValues>)> done);

}  // namespace hone::suggestion
