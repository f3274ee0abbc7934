// The cost of hone.v1.Tuner over loopback, on a SQLite store. Belongs to bench_calls.
#pragma once

#include <vector>

namespace hone::bench {

/// Prints a table: a row for each algorithm and number of trials in a study.
void MeasureTuner(const std::vector<int>& histories, int calls);

/// Prints a table: 8 clients ask and tell in one study, `calls` times each per round.
void MeasureTunerClients(int calls);

}  // namespace hone::bench
