// Rows: converts experiments, trials and observations to database rows and back. Pure functions:
// any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "db/sql/driver.h"
#include "db/store/store.h"

namespace hone {
struct Condition;
struct Experiment;
struct ExperimentSpec;
}  // namespace hone

namespace hone::db {

/// Unsigned numbers are stored as BIGINT; a limit above its range means no limit.
[[nodiscard]] std::int64_t ToInteger(std::uint64_t number);
[[nodiscard]] std::int64_t ToInteger(Time time);
[[nodiscard]] std::int64_t ToInteger(Duration duration);

std::string WriteSpecText(const ExperimentSpec& spec);
std::string WriteConditionsText(const std::vector<Condition>& conditions);
std::string WriteAssignmentsText(const Assignments& assignments);
std::string WriteMetricsText(const std::vector<MetricSummary>& metrics);
/// Interruptions and failed starts, as text; empty if there are none, the usual case.
std::string WriteAttemptCounts(const Trial& trial);
/// Labels and annotations.
std::string WriteTextMap(const std::map<std::string, std::string>& map);

/// kDataLoss if a document in the row cannot be read.
Result<Experiment> ReadExperimentRow(const Row& row);
Result<Trial> ReadTrialRow(const Row& row, const ExperimentKey& experiment);
Observation ReadObservationRow(const Row& row);
Change ReadChangeRow(const Row& row);

}  // namespace hone::db
