// Filters: the RE2 expressions that find "name, value" in a line of text. A compiled filter is
// const and may be shared by threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <re2/re2.h>

#include "proto/model/result.h"

namespace hone::metrics {

/// Compiles one filter in Go's syntax; the same errors as CheckFilter.
Result<std::unique_ptr<const RE2>> CompileFilter(const std::string& filter);

/// The filter for trials that have none of their own: see kDefaultFilter for what it adds. Its
/// second group is empty where `name =` is followed by no number.
Result<std::unique_ptr<const RE2>> DefaultFilter(const std::vector<std::string>& metrics);

}  // namespace hone::metrics
