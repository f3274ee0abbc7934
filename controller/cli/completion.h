// Completion scripts, generated from the command tree: commands, flags, fixed words, files, and
// names of experiments, trials and settings, for which the shell asks `hone complete`. Pure.
#pragma once

#include <string>

#include "controller/cli/command.h"

namespace hone::controller {

std::string RenderBashCompletion(const Command& root);
std::string RenderZshCompletion(const Command& root);
std::string RenderFishCompletion(const Command& root);

}  // namespace hone::controller
