// The tables of docs/performance.md: prints rows, and computes the median of measurements. Belongs
// to the benchmarks.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace hone::bench {

inline double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Begins a table. put_tables.py replaces the table of that name in the document.
inline void BeginTable(const char* name, const std::vector<const char*>& columns) {
  std::printf("\n<!-- table %s -->\n|", name);
  for (const char* const column : columns) {
    std::printf(" %s |", column);
  }
  std::printf("\n|");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::printf("---|");
  }
  std::printf("\n");
}

/// A table of rows as PrintRow prints them.
inline void BeginBarTable(const char* name, const char* what) {
  BeginTable(name, {what, "bar", "measured", "bar met"});
}

/// Whether `measured` meets a bar such as ">= 0.7" or "<= 5 ms"; empty if there is no bar.
inline const char* Verdict(std::string_view bar, const char* measured) {
  if (bar.empty()) {
    return "";
  }
  const double limit = std::strtod(bar.data() + bar.find(' '), nullptr);
  const double value = std::strtod(measured, nullptr);
  const bool is_met = bar.front() == '>' ? value >= limit : value <= limit;
  return is_met ? "yes" : "no";
}

inline void PrintRow(const std::string& what, const char* bar, const char* format, double value) {
  char measured[64];
  std::snprintf(measured, sizeof measured, format, value);
  std::printf("| %s | %s | %s | %s |\n", what.c_str(), bar, measured, Verdict(bar, measured));
  std::fflush(stdout);
}

}  // namespace hone::bench
