// NasConfig: the architectures that a search of neural architectures chooses from. A plain value:
// any thread may hold its own copy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/model/parameter_spec.h"

namespace hone {

struct Operation {
  std::string type;
  std::vector<ParameterSpec> parameters;
  bool operator==(const Operation&) const = default;
};

struct NasConfig {
  std::optional<std::int32_t> num_layers;
  std::vector<std::int32_t> input_sizes;
  std::vector<std::int32_t> output_sizes;
  std::vector<Operation> operations;
  bool operator==(const NasConfig&) const = default;
};

}  // namespace hone
