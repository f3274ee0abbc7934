// Rendering: an experiment's trial template and one trial become a Workload. Parameters and
// metadata references are substituted on the parsed tree, inside strings only, never in the
// template's text; so no value can change the shape of the object. What mentions a parameter that a
// trial does not have is left out of that trial whole. Pure; const use is thread-safe.
#pragma once

#include <memory>

#include "controller/workload/runner.h"
#include "proto/model/field_error.h"
#include "proto/model/trial.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// A trial template, parsed once an experiment.
class WorkloadTemplate {
 public:
  /// Reads the template of an experiment that passed admission. Faults (no pod template with the
  /// primary container, no command to run, a metadata reference to what it has not) are added to
  /// `errors` with their field path under spec.trialTemplate; then nothing is returned.
  static std::unique_ptr<WorkloadTemplate> Make(const Experiment& experiment, FieldErrors& errors);
  virtual ~WorkloadTemplate() = default;

  /// Errors (kInvalidArgument): an assignment that the template needs is missing, holds a NUL, or
  /// stands for a number of GPUs and is none.
  [[nodiscard]] virtual Result<Workload> Render(const Trial& trial) const = 0;
};

}  // namespace hone::controller
