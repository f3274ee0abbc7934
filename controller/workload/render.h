// Rendering: an experiment's trial template and one trial become a Workload. Parameters and
// metadata references are substituted in the strings of the parsed tree, never in the template's
// text, so no value can change the shape of the object. Every part that mentions a parameter that a
// trial does not have is left out of that trial's object. Pure; const use is thread-safe.
#pragma once

#include <memory>

#include "controller/workload/runner.h"
#include "proto/model/field_error.h"
#include "proto/model/trial.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// A trial template, parsed once for each experiment.
class WorkloadTemplate {
 public:
  /// Reads the template of an experiment that passed admission. Faults (no pod template with the
  /// primary container, no command to run, a reference to metadata that the object lacks) are added
  /// to `errors` with their field path under spec.trialTemplate; then nothing is returned.
  static std::unique_ptr<WorkloadTemplate> Make(const Experiment& experiment, FieldErrors& errors);
  virtual ~WorkloadTemplate() = default;

  /// Errors (kInvalidArgument): an assignment that the template needs is missing, contains a NUL,
  /// or is used as the number of GPUs and is not a number.
  [[nodiscard]] virtual Result<Workload> Render(const Trial& trial) const = 0;
};

}  // namespace hone::controller
