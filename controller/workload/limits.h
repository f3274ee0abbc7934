// Limits: deadline, retries and grace period of a workload, as Jobs and the training kinds write
// them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "controller/workload/primary_container.h"
#include "controller/workload/runner.h"
#include "proto/model/field_error.h"

namespace hone::controller {

/// Reads deadline, retries and grace period of `object` into `workload`.
void ReadLimits(const proto::Json& object,
                const ContainerSite& primary,
                Workload& workload,
                FieldErrors& errors);

/// Reads a whole number from 0 to 2147483647; nothing for anything else.
std::optional<std::int32_t> ReadCount(std::string_view text);
inline constexpr const char* kCountRule = "must be a whole number from 0 to 2147483647";

}  // namespace hone::controller
