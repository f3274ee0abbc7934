// MeasuredProcess: runs other programs and measures them from outside. Linux only; one thread.
#pragma once

#include <string>
#include <vector>

namespace hone::bench {

struct Measurement {
  double seconds = 0;
  /// Processor time of the process and of all descendants that it has waited for.
  double processor_seconds = 0;
  /// The largest resident set of the process or of any child that it waited for.
  double peak_megabytes = 0;
  int exit_code = 0;
  /// Its standard output and error.
  std::string output;
};

/// Runs a command to its end and keeps its output.
Measurement RunAndMeasure(const std::vector<std::string>& command);

/// Processes started and waited for per second: `count` runs of `command`, at most `parallel` at a
/// time, without other work. The upper limit for any program that starts processes.
double SpawnRate(const std::vector<std::string>& command, int count, int parallel);

/// Starts `command`, lets it settle, reads its resident set, and ends it.
double IdleMegabytes(const std::vector<std::string>& command);

}  // namespace hone::bench
