#include "algorithms/nas_check.h"
#include "controller/admission/checks.h"
#include "proto/model/experiment_spec.h"
#include "proto/model/search_space.h"

namespace hone::controller {

bool CheckSpace(const ExperimentSpec& spec, FieldErrors& errors) {
  const std::size_t before = errors.size();
  if (spec.parameters.empty() && !spec.nas_config) {
    errors.push_back({FieldError::Type::kRequired, "spec", "", "give parameters or a nasConfig"});
  } else if (!spec.parameters.empty() && spec.nas_config) {
    errors.push_back({FieldError::Type::kInvalid,
                      "spec",
                      "",
                      "has both parameters and nasConfig; only one can be searched"});
  }
  SearchSpace::Make(spec.parameters, "spec.parameters", errors);
  if (spec.nas_config) {
    algorithms::CheckNas(*spec.nas_config, errors);
  }
  return errors.size() == before;
}

}  // namespace hone::controller
