// The command tree as text: the help of one command, and the whole reference. Pure.
#pragma once

#include <string>
#include <vector>

#include "controller/cli/command.h"

namespace hone::controller {

/// Help of the command at the end of `path`, which begins at the program.
std::string RenderHelp(const std::vector<const Command*>& path);

/// The text of docs/guide/cli.md.
std::string RenderReference(const Command& root);

}  // namespace hone::controller
