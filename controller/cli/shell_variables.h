// ShellVariables: a trial's parameters as assignments that a shell can evaluate safely, whatever
// their names are. Pure.
#pragma once

#include <string>
#include <vector>

#include "proto/core/result.h"
#include "proto/model/trial.h"

namespace hone::controller {

struct ShellVariable {
  /// Letters, digits and "_"; has no meaning to a shell, nor to the programs that it starts.
  std::string name;
  std::string parameter;
  std::string value;
};

/// In the order of `assignments`. An error if two of them would get the same name.
Result<std::vector<ShellVariable>> ShellVariables(const Assignments& assignments);

/// `text`, quoted as one word of a POSIX shell.
std::string ShellQuoted(const std::string& text);

}  // namespace hone::controller
