#include "controller/admission/checks.h"

namespace hone::controller {

using Type = FieldError::Type;

std::optional<SearchSpace> CheckParameters(const ExperimentSpec& spec, FieldErrors& errors) {
  if (spec.parameters.empty()) {
    if (!spec.nas_config) {
      errors.push_back({Type::kRequired, "spec", "", "give parameters or a nasConfig"});
    }
    return std::nullopt;
  }
  if (spec.nas_config) {
    errors.push_back({Type::kInvalid,
                      "spec",
                      "",
                      "has both parameters and nasConfig; only one can be searched"});
  }
  return SearchSpace::Make(spec.parameters, "spec.parameters", errors);
}

}  // namespace hone::controller
