// Admission: turns the manifest that a user wrote into an Experiment that can run, or into a list
// of everything that is wrong with it. First defaults, then validation: Kubernetes' order. Pure;
// thread-safe.
//
// The rules are Katib's (same field paths and error types), plus rules against nonsense that Katib
// accepts. Rules about a cluster (namespace labels, katib-config images, leftover volumes) belong
// to the Kubernetes platform and are not here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "proto/convert/document.h"
#include "proto/model/algorithm_service.h"
#include "proto/model/field_error.h"

namespace hone {
struct Experiment;
struct ExperimentSpec;
}  // namespace hone

namespace hone::controller {

/// Reads the manifest of a new experiment, sets its defaults and validates it, the same for the
/// command line and for every service. Adds each fault to `errors` once; the experiment can run if
/// HasErrors(errors) is false. The settings of an algorithm of `services` are checked later, by its
/// service. Where a text is wanted and a number stands, the text is the number as spelled in
/// `written`, the file.
[[nodiscard]] Experiment Admit(const proto::Json& manifest,
                               FieldErrors& errors,
                               const AlgorithmServices& services = {},
                               const proto::WrittenScalars& written = {});

/// The same for a study, whose trials are run by its clients: it has neither trialTemplate nor
/// metricsCollectorSpec, and without parallelTrialCount any number may run at once.
[[nodiscard]] Experiment AdmitStudy(const proto::Json& manifest,
                                    FieldErrors& errors,
                                    const AlgorithmServices& services = {},
                                    const proto::WrittenScalars& written = {});

/// The default of parallelTrialCount (Katib's).
inline constexpr std::int32_t kParallelTrialCount = 3;

/// Fills in what may be left out (katib: 1.1 and 1.3). Repeating it changes nothing.
void SetDefaults(ExperimentSpec& spec);

/// Every fault of a new experiment whose defaults are set.
[[nodiscard]] FieldErrors ValidateCreate(const Experiment& experiment,
                                         const AlgorithmServices& services = {});

/// Every fault of changing `before` to `after`: only the counts, the time and suspend may change,
/// and only suspend once an experiment with resumePolicy Never has ended.
[[nodiscard]] FieldErrors ValidateUpdate(const Experiment& before, const Experiment& after);

}  // namespace hone::controller
