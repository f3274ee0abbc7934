// Rows of comma-separated values (RFC 4180): a field with a comma, quote or line break is quoted.
// Pure.
#pragma once

#include <string>
#include <vector>

namespace hone::controller {

/// One row with its line break.
std::string CsvRow(const std::vector<std::string>& fields);

}  // namespace hone::controller
