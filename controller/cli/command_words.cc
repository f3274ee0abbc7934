#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include "controller/cli/inline_experiment.h"
#include "proto/model/field_error.h"

namespace hone::controller {
namespace {

bool IsNameByte(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_' || byte == '-' ||
         byte == '.';
}

// The name in "{name}" at `begin`, which is a brace; empty if something else stands there.
std::string NameAt(const std::string& word, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < word.size() && IsNameByte(word[end])) {
    ++end;
  }
  const bool is_name =
      end < word.size() && word[end] == '}' && end > begin + 1 &&
      (std::isalpha(static_cast<unsigned char>(word[begin + 1])) != 0 || word[begin + 1] == '_');
  return is_name ? word.substr(begin + 1, end - begin - 1) : "";
}

// Kubernetes reads "$$" in a command as "$", and $(NAME) as a variable: what a person typed is
// neither.
std::string EscapeDollars(std::size_t count, char next) {
  return std::string(count > 1 || next == '(' ? 2 * count : count, '$');
}

Result<std::string> ReplaceInWord(const std::string& word,
                                  const std::vector<std::string>& names,
                                  std::vector<std::string>& used) {
  std::string replaced;
  for (std::size_t at = 0; at < word.size();) {
    if (word[at] == '$') {
      const std::size_t end = std::min(word.find_first_not_of('$', at), word.size());
      replaced += EscapeDollars(end - at, end < word.size() ? word[end] : '\0');
      at = end;
      continue;
    }
    const std::string name = word[at] == '{' ? NameAt(word, at) : "";
    const bool is_shell_variable = at > 0 && word[at - 1] == '$';
    if (word.compare(at, 2, "{{") == 0 && !NameAt(word, at + 1).empty() &&
        word.compare(at + NameAt(word, at + 1).size() + 2, 2, "}}") == 0) {
      const std::string literal = NameAt(word, at + 1);
      replaced += "{" + literal + "}";
      at += literal.size() + 4;
    } else if (name.empty() || is_shell_variable) {
      replaced += word[at++];
    } else if (std::find(names.begin(), names.end(), name) == names.end()) {
      const std::string meant = DidYouMean(name, names);
      return Fail(Code::kInvalidArgument,
                  "{" + name + "} in the command is not a parameter" +
                      (meant.empty() ? "; add -p " + name + "=SPEC, or write {{" + name +
                                           "}} for the text itself"
                                     : "; did you mean {" + meant + "}?"));
    } else {
      replaced += "${trialParameters." + name + "}";
      used.push_back(name);
      at += name.size() + 2;
    }
  }
  return replaced;
}

bool IsInterpreter(const std::string& program) {
  constexpr std::array<std::string_view, 12> kInterpreters = {"python",
                                                              "sh",
                                                              "bash",
                                                              "dash",
                                                              "zsh",
                                                              "perl",
                                                              "ruby",
                                                              "node",
                                                              "julia",
                                                              "Rscript",
                                                              "env",
                                                              "torchrun"};
  return std::any_of(kInterpreters.begin(), kInterpreters.end(), [&](std::string_view name) {
    return program == name || (name == "python" && program.starts_with(name));
  });
}

}  // namespace

Result<std::vector<std::string>> ReplaceParameters(const std::vector<std::string>& command,
                                                   const std::vector<std::string>& names,
                                                   std::vector<std::string>& used) {
  std::vector<std::string> replaced;
  for (const std::string& word : command) {
    HONE_ASSIGN_OR_RETURN(std::string text, ReplaceInWord(word, names, used));
    replaced.push_back(std::move(text));
  }
  return replaced;
}

std::string NameFromCommand(const std::vector<std::string>& command) {
  const std::string program = std::filesystem::path(command.front()).filename().string();
  std::string source = program;
  if (IsInterpreter(program)) {
    // The script is the first word that is neither a flag nor a line of code.
    const auto script =
        std::find_if(command.begin() + 1, command.end(), [](const std::string& word) {
          return !word.starts_with("-") && word.find_first_of(" \n;") == std::string::npos;
        });
    source = script == command.end() ? program : *script;
  }
  // The dot of a module name (`python -m package.train`) is no extension.
  std::string stem = std::filesystem::path(source).stem().string();
  std::string name;
  for (const char byte : stem) {
    const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    const bool is_plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (is_plain || (!name.empty() && name.back() != '-')) {
      name += is_plain ? lower : '-';
    }
  }
  constexpr std::size_t kNameMax = 30;
  name = name.substr(0, kNameMax);
  name.erase(name.find_last_not_of('-') + 1);
  const bool begins_with_letter = !name.empty() && name.front() >= 'a' && name.front() <= 'z';
  return begins_with_letter ? name : "run" + (name.empty() ? "" : "-" + name);
}

}  // namespace hone::controller
