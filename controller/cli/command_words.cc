#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include "controller/cli/inline_experiment.h"
#include "controller/cli/text.h"
#include "controller/workload/shell_syntax.h"
#include "proto/model/field_error.h"

namespace hone::controller {
namespace {

bool IsNameByte(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_' || byte == '-' ||
         byte == '.';
}

// The text between "{" at `begin` and its "}"; empty if another brace comes first, or none.
std::string InBraces(const std::string& word, std::size_t begin) {
  const std::size_t end = word[begin] == '{' ? word.find_first_of("{}", begin + 1) : word.size();
  return end < word.size() && word[end] == '}' ? word.substr(begin + 1, end - begin - 1) : "";
}

// True for a word that could be a parameter's name: then "{print}" is reported as an unknown
// parameter.
bool IsPlainWord(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsNameByte) &&
         (std::isalpha(static_cast<unsigned char>(text.front())) != 0 || text.front() == '_');
}

enum class Meaning { kText, kParameter, kMistake };

// The meaning of {text} in a command, and the error text if it is a mistake.
class Brace {
 public:
  Brace(const std::string& text, const std::vector<std::string>& names) : text_(text) {
    const auto is_name = [&](const std::string& word) {
      return std::find(names.begin(), names.end(), word) != names.end();
    };
    const std::string before_format = text.substr(0, text.find_first_of(":!"));
    const bool is_one_word = text.find_first_of(" \t\n\"',") == std::string::npos;
    if (is_name(text)) {
      meaning_ = Meaning::kParameter;
    } else if (is_name(Trimmed(text))) {
      Say("; write {" + Trimmed(text) + "} without blanks");
    } else if (is_one_word && is_name(before_format)) {
      Say("; {" + before_format + "} stands for its value, and there are no formats");
    } else if (const std::string meant = is_one_word ? DidYouMean(text, names) : "";
               !meant.empty()) {
      Say("; did you mean {" + meant + "}?");
    } else if (IsPlainWord(text)) {
      Say("; add -p " + text + "=SPEC, or write {{" + text + "}} for the text itself");
    }
  }

  [[nodiscard]] Meaning meaning() const { return meaning_; }
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  void Say(const std::string& advice) {
    meaning_ = Meaning::kMistake;
    fault_ = "{" + text_ + "} in the command is not a parameter" + advice;
  }

  std::string text_;
  Meaning meaning_ = Meaning::kText;
  std::string fault_;
};

// The text in "{{text}}" at `begin`, if {text} alone would be a parameter or a mistake; else empty.
std::string LiteralAt(const std::string& word,
                      std::size_t begin,
                      const std::vector<std::string>& names) {
  const std::string text = word.compare(begin, 2, "{{") == 0 ? InBraces(word, begin + 1) : "";
  const bool is_literal = !text.empty() && text.find(' ') == std::string::npos &&
                          word.compare(begin + text.size() + 2, 2, "}}") == 0 &&
                          Brace(text, names).meaning() != Meaning::kText;
  return is_literal ? text : "";
}

// A dollar that the user typed has to stay a dollar. Kubernetes reads "$$" in a command as "$" and
// $(NAME) as a variable, and a shell reads $NAME as one.
std::string EscapeDollars(std::size_t count, char next, bool has_variables) {
  const bool is_variable =
      next == '(' || (has_variables && (next == '{' || next == '_' ||
                                        std::isalpha(static_cast<unsigned char>(next)) != 0));
  return std::string(count > 1 || is_variable ? 2 * count : count, '$');
}

Result<std::string> ReplaceInWord(const std::string& word,
                                  const std::vector<std::string>& names,
                                  bool has_variables,
                                  std::vector<std::string>& used) {
  std::string replaced;
  for (std::size_t at = 0; at < word.size();) {
    if (word[at] == '$') {
      const std::size_t end = std::min(word.find_first_not_of('$', at), word.size());
      replaced += EscapeDollars(end - at, end < word.size() ? word[end] : '\0', has_variables);
      at = end;
      continue;
    }
    const bool is_shell_variable = at > 0 && word[at - 1] == '$';
    const std::string literal = LiteralAt(word, at, names);
    const std::string text = is_shell_variable ? "" : InBraces(word, at);
    const Brace brace(text, names);
    if (!literal.empty()) {
      replaced += "{" + literal + "}";
      at += literal.size() + 4;
    } else if (text.empty() || brace.meaning() == Meaning::kText) {
      replaced += word[at++];
    } else if (brace.meaning() == Meaning::kMistake) {
      return Fail(Code::kInvalidArgument, brace.fault());
    } else {
      replaced += "${trialParameters." + text + "}";
      used.push_back(text);
      at += text.size() + 2;
    }
  }
  return replaced;
}

bool IsInterpreter(const std::string& program) {
  constexpr std::array<std::string_view, 7> kInterpreters = {
      "perl", "ruby", "node", "julia", "Rscript", "env", "torchrun"};
  return IsShell(program) || program.starts_with("python") ||
         std::find(kInterpreters.begin(), kInterpreters.end(), program) != kInterpreters.end();
}

/// Lower-case letters and digits, with one dash in place of each run of other characters.
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
  const bool has_variables = FindShellVariable(command, {}).has_value();
  for (const std::string& word : command) {
    HONE_ASSIGN_OR_RETURN(std::string text, ReplaceInWord(word, names, has_variables, used));
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
