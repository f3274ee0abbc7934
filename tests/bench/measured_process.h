// MeasuredProcess: other programs, run and measured from outside. Linux only; one thread.
#pragma once

#include <string>
#include <vector>

namespace hone::bench {

struct Measurement {
  double seconds = 0;
  /// Of processors, that the process and all whose end it has waited for have used.
  double processor_seconds = 0;
  /// The largest resident set that the process, or any child that it waited for, ever had.
  double peak_megabytes = 0;
  int exit_code = 0;
  /// What it wrote to standard output and error.
  std::string output;
};

/// Runs a command to its end. Its output is kept.
Measurement RunAndMeasure(const std::vector<std::string>& command);

/// How many processes a second can be started and waited for: `count` runs of `command`, at most
/// `parallel` at a time, nothing else done. The ceiling for everything that starts processes.
double SpawnRate(const std::vector<std::string>& command, int count, int parallel);

/// Starts `command`, lets it settle, reads its resident set, and ends it.
double IdleMegabytes(const std::vector<std::string>& command);

}  // namespace hone::bench
