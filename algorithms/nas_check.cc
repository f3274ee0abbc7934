#include "algorithms/nas_check.h"

#include <set>
#include <string>

#include "proto/model/search_space.h"

namespace hone::algorithms {
namespace {

using Type = FieldError::Type;

void CheckSizes(const std::vector<std::int32_t>& sizes,
                const std::string& field,
                FieldErrors& errors) {
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 1) {
      errors.push_back({Type::kInvalid,
                        field + "[" + std::to_string(i) + "]",
                        std::to_string(sizes[i]),
                        "must be at least 1"});
    }
  }
}

// A double without a step, unless its bounds leave a single value.
bool IsEndless(const ParameterSpec& spec) {
  if (spec.type != ParameterType::kDouble || !spec.feasible_space.step.empty()) {
    return false;
  }
  FieldErrors told_elsewhere;
  const auto alone = SearchSpace::Make({spec}, "", told_elsewhere);
  return !alone || !alone->Cardinality();
}

// Every variant of an operation is searched, so there must be a finite number of them. The minimum
// number of parameters is checked by each algorithm: DARTS has an operation without any.
void CheckVariants(const std::vector<ParameterSpec>& parameters,
                   const std::string& list,
                   FieldErrors& errors) {
  SearchSpace::Make(parameters, list, errors);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (IsEndless(parameters[i])) {
      errors.push_back({Type::kRequired,
                        list + "[" + std::to_string(i) + "].feasibleSpace.step",
                        "",
                        "the double of an operation needs a step"});
    }
  }
}

void CheckOperations(const std::vector<Operation>& operations, FieldErrors& errors) {
  const std::string list = "spec.nasConfig.operations";
  if (operations.empty()) {
    errors.push_back({Type::kRequired, list, "", "give at least one operation"});
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const std::string field = list + "[" + std::to_string(i) + "]";
    const std::string& type = operations[i].type;
    if (type.empty()) {
      errors.push_back({Type::kRequired, field + ".operationType", "", "name the operation"});
    } else if (!seen.insert(type).second) {
      errors.push_back({Type::kDuplicate, field + ".operationType", type, "is already listed"});
    }
    CheckVariants(operations[i].parameters, field + ".parameters", errors);
  }
}

}  // namespace

void CheckNas(const NasConfig& nas, FieldErrors& errors) {
  const std::string graph = "spec.nasConfig.graphConfig";
  if (!nas.num_layers) {
    errors.push_back({Type::kRequired, graph + ".numLayers", "", "give the number of layers"});
  } else if (*nas.num_layers < 1) {
    errors.push_back({Type::kInvalid,
                      graph + ".numLayers",
                      std::to_string(*nas.num_layers),
                      "must be at least 1"});
  }
  CheckSizes(nas.input_sizes, graph + ".inputSizes", errors);
  CheckSizes(nas.output_sizes, graph + ".outputSizes", errors);
  CheckOperations(nas.operations, errors);
}

}  // namespace hone::algorithms
