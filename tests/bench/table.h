// The tables of docs/performance.md: a row, and the middle of what was measured. Belongs to the
// benchmarks.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace hone::bench {

inline double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

inline void PrintRow(const std::string& what, const char* bar, const char* format, double value) {
  char measured[64];
  std::snprintf(measured, sizeof measured, format, value);
  std::printf("| %s | %s | %s |\n", what.c_str(), bar, measured);
  std::fflush(stdout);
}

}  // namespace hone::bench
