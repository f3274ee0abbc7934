// Filters: the RE2 expressions that find "name, value" in a line of text. A compiled filter is
// const and may be shared by threads.
#pragma once

#include <memory>
#include <string>

#include <re2/re2.h>

#include "proto/core/result.h"

namespace hone::metrics {

/// Compiles one filter in Go's syntax; the same errors as CheckFilter.
Result<std::unique_ptr<const RE2>> CompileFilter(const std::string& filter);

}  // namespace hone::metrics
