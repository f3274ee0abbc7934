// Reading one parameter of a manifest. Pure; private to proto/model.
#pragma once

#include <string>

#include "proto/model/field_error.h"
#include "proto/model/parameter_spec.h"
#include "proto/model/search_space.h"

namespace hone {

/// A list of a million bad values gets this many errors.
inline constexpr std::size_t kListErrorsMax = 10;

/// The parameter of `spec`, without its parent. Every fault is added to `errors` under `path`; if
/// there is one, the result must not be used.
Parameter ReadParameter(const ParameterSpec& spec, const std::string& path, FieldErrors& errors);

}  // namespace hone
