// Shell syntax: what of a command only a shell understands. Commands are run without one, so that
// each word stays one; whoever wrote "a b" in one word, "&&" or "$DATA" meant a shell. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hone::controller {

/// True if the word, a name or a path, names a shell.
bool IsShell(std::string_view word);

struct ShellSyntax {
  /// "\"&&\" is an operator of the shell"
  std::string what;
  /// How the same is written without a shell, or by one: "write ...".
  std::string instead;
};

/// What the first words of a command need a shell for: a command line in one word, VAR=1 before the
/// program, cd and its kin, operators. Nothing if they can be run as they are. Words behind a shell
/// or an interpreter's -c are not looked at: they are a script and its arguments. The -c of another
/// program (train.py -c conf.yaml) is an argument like any other.
std::optional<ShellSyntax> FindShellSyntax(const std::vector<std::string>& words);

/// The first $NAME, ${NAME} or $(command) that a shell would fill in and Kubernetes does not. Of
/// $NAME only those of `variables` and what every environment has: others may be meant as text.
/// "$$" is a dollar.
std::optional<std::string> FindShellVariable(const std::vector<std::string>& words,
                                             const std::set<std::string>& variables);

/// True if a shell splits the words, joined by blanks, as they are split now.
bool IsPlainForShell(const std::vector<std::string>& words);

}  // namespace hone::controller
