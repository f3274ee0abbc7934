// What hone.v1.Tuner costs over loopback, on a SQLite store. Belongs to bench_calls.
#pragma once

#include <vector>

namespace hone::bench {

/// Prints a table: a row for each algorithm and number of trials that a study has.
void MeasureTuner(const std::vector<int>& histories, int calls);

/// Prints a table: 8 clients ask and tell one study, `calls` times each in each round.
void MeasureTunerClients(int calls);

}  // namespace hone::bench
