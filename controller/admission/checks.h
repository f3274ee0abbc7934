// The rules of admission, one function for each concept: each adds every fault that it finds, under
// the field path and with the error type that Katib's webhook uses for it. Pure; private to
// controller/admission.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proto/convert/document.h"
#include "proto/model/algorithm_service.h"
#include "proto/model/experiment_key.h"
#include "proto/model/field_error.h"

namespace hone {
struct ExperimentSpec;
struct MetricsCollectorSpec;
struct TrialTemplate;
}  // namespace hone

namespace hone::controller {

/// The kinds whose conditions and pod labels have defaults.
enum class JobKind { kOther, kJob, kTrainJob, kReplicatedJob };
[[nodiscard]] JobKind JobKindOf(const proto::Json& workload);

/// The template's workload object; nothing if there is none or if it cannot be read.
[[nodiscard]] std::optional<proto::Json> ParseTrialSpec(const TrialTemplate& source);

/// "; did you mean ...?" or "".
[[nodiscard]] std::string Hint(const std::string& word, const std::vector<std::string>& allowed);

/// The part of SetDefaults that sets the objective, the algorithm and the parameters.
void SetSearchDefaults(ExperimentSpec& spec);

/// Name and namespace.
void CheckMetadata(const ExperimentKey& key, FieldErrors& errors);
/// The three counts, each and against each other.
void CheckCounts(const ExperimentSpec& spec, FieldErrors& errors);
/// The objective and its metrics, none of them empty, repeated or unknown.
void CheckObjective(const ExperimentSpec& spec, FieldErrors& errors);
/// The parameters or the architectures that are searched. True if nothing is wrong with them.
bool CheckSpace(const ExperimentSpec& spec, FieldErrors& errors);
/// The search algorithm and the stopping rule. With `has_space` the algorithm is checked against
/// the search space too.
void CheckAlgorithms(const ExperimentSpec& spec,
                     bool has_space,
                     const AlgorithmServices& services,
                     FieldErrors& errors);
/// The template, and its trial parameters.
void CheckTrialTemplate(const ExperimentSpec& spec, FieldErrors& errors);
/// `workload`, in which placeholders are looked for, is null if the template has none that can be
/// read.
void CheckTrialParameters(const ExperimentSpec& spec,
                          const proto::Json* workload,
                          FieldErrors& errors);
/// Unknown fields and wrong types in a batch/v1 Job; other kinds are checked by their operators.
void CheckJob(const proto::Json& job, FieldErrors& errors);
void CheckMetricsCollector(const MetricsCollectorSpec& collector, FieldErrors& errors);

}  // namespace hone::controller
