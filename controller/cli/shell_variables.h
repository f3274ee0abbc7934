// ShellVariables: parameters as assignments that a shell may evaluate, whoever chose their names.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "proto/core/result.h"
#include "proto/model/trial.h"

namespace hone::controller {

struct ShellVariable {
  /// Letters, digits and "_"; means nothing to a shell, nor to programs that it starts.
  std::string name;
  std::string parameter;
  std::string value;
};

/// In the order of `assignments`. An error if two of them would get the same name.
Result<std::vector<ShellVariable>> ShellVariables(const Assignments& assignments);

/// One word of a POSIX shell that stands for `text` as it is.
std::string ShellQuoted(const std::string& text);

}  // namespace hone::controller
