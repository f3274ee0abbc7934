// Parses a command line according to a command tree. The only user of CLI11. Pure but for the
// variables that the tree's flags fill; one thread.
#pragma once

#include <string>
#include <vector>

#include "controller/cli/command.h"

namespace hone::controller {

struct Invocation {
  /// The path from the program to the chosen command; at least the program itself.
  std::vector<const Command*> path;
  bool wants_help = false;
  std::vector<std::string> trailing;
  /// What is wrong with the command line; empty if nothing.
  std::string error;

  [[nodiscard]] const Command& command() const { return *path.back(); }
  /// "hone get trials"
  [[nodiscard]] std::string CommandName() const;
};

/// `words` without the program's own name.
Invocation ParseCommandLine(const Command& root, const std::vector<std::string>& words);

}  // namespace hone::controller
