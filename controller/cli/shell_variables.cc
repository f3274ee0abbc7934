#include "controller/cli/shell_variables.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace hone::controller {
namespace {

constexpr const char* kPrefix = "hone_";

/// Names in small letters that have a meaning in zsh (zshparam, zshmodules): some are tied to PATH
/// and the like, some are read-only.
constexpr auto kOfZsh =
    std::to_array<std::string_view>({"aliases",      "argv",          "builtins",
                                     "cdpath",       "commands",      "dirstack",
                                     "dis_aliases",  "dis_builtins",  "dis_functions",
                                     "dis_galiases", "dis_patchars",  "dis_reswords",
                                     "dis_saliases", "errnos",        "fignore",
                                     "fpath",        "funcfiletrace", "funcsourcetrace",
                                     "funcstack",    "functions",     "functrace",
                                     "galiases",     "histchars",     "history",
                                     "historywords", "jobdirs",       "jobstates",
                                     "jobtexts",     "keymaps",       "mailpath",
                                     "manpath",      "module_path",   "modules",
                                     "nameddirs",    "options",       "parameters",
                                     "patchars",     "path",          "pipestatus",
                                     "prompt",       "psvar",         "reswords",
                                     "saliases",     "signals",       "status",
                                     "termcap",      "terminfo",      "usergroups",
                                     "userdirs"});

/// True for a name that zsh uses, and for names in small letters that other programs look for in
/// their environment.
bool IsTaken(std::string_view name) {
  return std::find(kOfZsh.begin(), kOfZsh.end(), name) != kOfZsh.end() || name == "watch" ||
         name == "widgets" || name.starts_with("zsh_") || name.starts_with("prompt") ||
         name.starts_with("npm_") || name.ends_with("_proxy");
}

bool IsBetween(char c, char first, char last) {
  return c >= first && c <= last;
}

/// A shell variable's name for `parameter`: each character that is not allowed becomes one "_",
/// however many bytes it has.
std::string NameOf(std::string_view parameter) {
  std::string name;
  bool has_small = false;
  for (const char c : parameter) {
    const bool continues_utf8 = (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
    const bool is_small = IsBetween(c, 'a', 'z');
    const bool is_digit = IsBetween(c, '0', '9');
    has_small |= is_small;
    if (is_digit && name.empty()) {
      name += '_';
    }
    if (is_small || is_digit || IsBetween(c, 'A', 'Z')) {
      name += c;
    } else if (!continues_utf8) {
      name += '_';
    }
  }
  // POSIX leaves names with a small letter to applications, and the others to shells and utilities
  // (XBD 8.1).
  return has_small && !IsTaken(name) ? name : kPrefix + name;
}

}  // namespace

Result<std::vector<ShellVariable>> ShellVariables(const Assignments& assignments) {
  std::vector<ShellVariable> variables;
  std::map<std::string, std::string> parameters;
  for (const Assignment& assignment : assignments) {
    const std::string name = NameOf(assignment.name);
    const auto [known, is_new] = parameters.emplace(name, assignment.name);
    if (!is_new) {
      return Fail(Code::kInvalidArgument,
                  "parameters " + known->second + " and " + assignment.name +
                      " would both be the shell variable " + name + "; use -o json");
    }
    variables.push_back({name, assignment.name, assignment.value});
  }
  return variables;
}

std::string ShellQuoted(const std::string& text) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,:/+-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) {
    return text;
  }
  std::string quoted = "'";
  for (const char byte : text) {
    quoted += byte == '\'' ? "'\\''" : std::string(1, byte);
  }
  return quoted + "'";
}

}  // namespace hone::controller
