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

// The name in "{name}" at `begin`; empty if something else stands there.
std::string NameAt(const std::string& word, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < word.size() && IsNameByte(word[end])) {
    ++end;
  }
  const bool is_name =
      word[begin] == '{' && end < word.size() && word[end] == '}' && end > begin + 1 &&
      (std::isalpha(static_cast<unsigned char>(word[begin + 1])) != 0 || word[begin + 1] == '_');
  return is_name ? word.substr(begin + 1, end - begin - 1) : "";
}

// The name in "{{name}}" at `begin`; empty if something else stands there.
std::string LiteralAt(const std::string& word, std::size_t begin) {
  const std::string name = word.compare(begin, 2, "{{") == 0 ? NameAt(word, begin + 1) : "";
  return !name.empty() && word.compare(begin + name.size() + 2, 2, "}}") == 0 ? name : "";
}

tl::unexpected<Error> UnknownParameter(const std::string& name,
                                       const std::vector<std::string>& names) {
  const std::string meant = DidYouMean(name, names);
  const std::string advice =
      meant.empty() ? "; add -p " + name + "=SPEC, or write {{" + name + "}} for the text itself"
                    : "; did you mean {" + meant + "}?";
  return Fail(Code::kInvalidArgument, "{" + name + "} in the command is not a parameter" + advice);
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
    const bool is_shell_variable = at > 0 && word[at - 1] == '$';
    const std::string literal = LiteralAt(word, at);
    const std::string name = is_shell_variable ? "" : NameAt(word, at);
    if (!literal.empty()) {
      replaced += "{" + literal + "}";
      at += literal.size() + 4;
    } else if (name.empty()) {
      replaced += word[at++];
    } else if (std::find(names.begin(), names.end(), name) == names.end()) {
      return UnknownParameter(name, names);
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

/// Lower-case letters and digits, with one dash for all that stands between them.
std::string PlainName(const std::string& text) {
  constexpr std::size_t kNameMax = 30;
  std::string name;
  for (const char byte : text) {
    const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    const bool is_plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (is_plain || (!name.empty() && name.back() != '-')) {
      name += is_plain ? lower : '-';
    }
  }
  name = name.substr(0, kNameMax);
  name.erase(name.find_last_not_of('-') + 1);
  return name;
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
  const std::string name = PlainName(std::filesystem::path(source).stem().string());
  const bool begins_with_letter = !name.empty() && name.front() >= 'a' && name.front() <= 'z';
  return begins_with_letter ? name : "run" + (name.empty() ? "" : "-" + name);
}

}  // namespace hone::controller
