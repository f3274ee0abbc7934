// Shell syntax: finds the parts of a command that only a shell understands. Commands are run
// without a shell, so that each word stays one word; an author who wrote "a b" in one word, "&&" or
// "$DATA" meant a shell. Pure.
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
  /// How to write the same without a shell, or with one: "write ...".
  std::string instead;
};

/// The first shell syntax in a command: a command line in one word, VAR=1 before the program,
/// built-in commands like cd, operators. Nothing if the command can be run without a shell. The
/// words after a shell or after an interpreter's -c are not examined: they are a script and its
/// arguments. The -c of another program (train.py -c conf.yaml) is an argument like any other.
std::optional<ShellSyntax> FindShellSyntax(const std::vector<std::string>& words);

/// The first $NAME, ${NAME} or $(command) that a shell would expand and Kubernetes does not. A
/// $NAME counts only if it is one of `variables` or a variable of every environment: others may be
/// meant as text. "$$" is a dollar.
std::optional<std::string> FindShellVariable(const std::vector<std::string>& words,
                                             const std::set<std::string>& variables);

/// True if a shell would split the words, joined by blanks, into the same words.
bool IsPlainForShell(const std::vector<std::string>& words);

}  // namespace hone::controller
