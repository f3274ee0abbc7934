#include "controller/workload/shell_syntax.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <string_view>

namespace hone::controller {
namespace {

constexpr std::string_view kBlanks = " \t\n";

bool IsNameByte(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_';
}

/// The length of a variable's name at the beginning of `text`.
std::size_t NameLength(std::string_view text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front())) != 0) {
    return 0;
  }
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), IsNameByte) -
                                  text.begin());
}

bool IsOneOf(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// The last part of a path, without the version: "python" of "/usr/bin/python3.11".
std::string_view ProgramOf(std::string_view word) {
  word.remove_prefix(word.rfind('/') + 1);  // npos + 1 is 0
  return word.substr(0, word.find_last_not_of("0123456789.") + 1);
}

/// True for programs that run the word after -c or -e.
bool IsInterpreter(std::string_view word) {
  constexpr std::array<std::string_view, 15> kWords = {"python",
                                                       "pypy",
                                                       "ipython",
                                                       "perl",
                                                       "ruby",
                                                       "node",
                                                       "nodejs",
                                                       "julia",
                                                       "R",
                                                       "Rscript",
                                                       "lua",
                                                       "luajit",
                                                       "php",
                                                       "sed",
                                                       "gawk"};
  return IsOneOf(ProgramOf(word), kWords);
}

/// True for "-c", "-e", "-uc", "-ne", "--eval": flags after which an interpreter takes a script.
bool IsScriptFlag(std::string_view word) {
  constexpr std::size_t kLettersMax = 4;
  if (word == "--eval") {
    return true;
  }
  const std::string_view letters = word.substr(word.starts_with('-') ? 1 : word.size());
  return !letters.empty() && letters.size() <= kLettersMax &&
         std::all_of(letters.begin(), letters.end(), IsNameByte) &&
         (letters.back() == 'c' || letters.back() == 'e');
}

/// True if the words after the one at `i` are a script and its arguments: the word is a shell, or
/// the -c of an interpreter with only flags between them. The -c of another program is an ordinary
/// argument.
bool BeginsScript(const std::vector<std::string>& words, std::size_t i) {
  if (IsShell(words[i])) {
    return true;
  }
  if (!IsScriptFlag(words[i])) {
    return false;
  }
  while (i > 0 && words[i].starts_with('-')) {
    --i;
  }
  return IsInterpreter(words[i]);
}

/// Commands and key words of shells that are not the name of any program.
bool IsBuiltIn(std::string_view word) {
  constexpr std::array<std::string_view, 24> kWords = {
      "cd",   "source", ".",     "export",   "set",   "unset", "alias", "eval",
      "exec", "trap",   "umask", "ulimit",   "pushd", "popd",  "shopt", "declare",
      "if",   "for",    "while", "function", "until", "case",  "{",     "[["};
  return IsOneOf(word, kWords);
}

/// ">log", "2>>errors": not ">=1" and not "->".
bool IsRedirection(std::string_view word) {
  const std::size_t arrow = word.find('>');
  if (arrow > 1) {
    return false;
  }
  const bool has_number =
      arrow == 0 || word[0] == '&' || std::isdigit(static_cast<unsigned char>(word[0])) != 0;
  word.remove_prefix(arrow + 1);
  word.remove_prefix(word.starts_with('>') ? 1 : 0);
  return has_number && !word.starts_with('=');
}

/// `has_action`: an -exec came before; find marks the end of its command with ";".
bool IsOperator(std::string_view word, bool has_action) {
  constexpr std::array<std::string_view, 6> kWords = {"&&", "||", "|", "&", "<", "|&"};
  if (word == ";" || (word.size() > 1 && word.ends_with(';') &&
                      word.find_first_of(kBlanks) == std::string_view::npos)) {
    return !has_action;
  }
  return IsOneOf(word, kWords) || IsRedirection(word);
}

bool IsLoneFlag(std::string_view word) {
  return word.starts_with('-') && word.find('=') == std::string_view::npos &&
         word.find_first_of(kBlanks) == std::string_view::npos;
}

/// True for "--lr 0.1" in one word, unless the word is the value of the flag before it.
bool IsFlagWithValue(std::string_view word, std::string_view before) {
  const std::size_t blank = word.find_first_of(kBlanks);
  return word.size() > 2 && word[0] == '-' && (word[1] == '-' || NameLength(word.substr(1)) > 0) &&
         blank != std::string_view::npos && IsLoneFlag(word.substr(0, blank)) &&
         !IsLoneFlag(before);
}

/// True for "train.py --lr=0.1" in one word after an interpreter.
bool IsScriptWithArguments(std::string_view word) {
  const std::string_view script = word.substr(0, word.find_first_of(kBlanks));
  constexpr std::array<std::string_view, 6> kEndings = {".py", ".sh", ".R", ".pl", ".jl", ".js"};
  return script.size() < word.size() &&
         std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) {
           return script.ends_with(ending);
         });
}

std::string Quoted(const std::string& word) {
  return "\"" + word + "\"";
}

std::optional<ShellSyntax> FindInProgram(const std::string& word) {
  const std::size_t equals = NameLength(word);
  if (equals > 0 && equals < word.size() && word[equals] == '=') {
    return ShellSyntax{Quoted(word) + " sets a variable, as only a shell does",
                       "write env before it: env " + word.substr(0, word.find(' ')) + " PROGRAM"};
  }
  if (word.find_first_of(kBlanks) != std::string::npos) {
    return ShellSyntax{Quoted(word) + " is a whole command line in one word",
                       "write each word by itself, or sh -c and the line as one word"};
  }
  if (IsBuiltIn(word)) {
    return ShellSyntax{Quoted(word) + " is a command of the shell, not a program",
                       "write the whole line as one word behind sh -c"};
  }
  return std::nullopt;
}

/// The shell's $NAME, ${NAME} or $(command) at the beginning of `text`; empty if there is none.
std::string_view VariableAt(std::string_view text, const std::set<std::string>& variables) {
  constexpr std::array<std::string_view, 6> kEverywhere = {
      "HOME", "PATH", "PWD", "USER", "TMPDIR", "HOSTNAME"};
  if (text.starts_with("$(")) {
    const std::size_t close = text.find(')');
    const bool is_known = close != std::string_view::npos &&
                          variables.contains(std::string(text.substr(2, close - 2)));
    return is_known || close == std::string_view::npos ? "" : text.substr(0, close + 1);
  }
  const std::size_t begin = text.starts_with("${") ? 2 : 1;
  const std::size_t length = NameLength(text.substr(begin));
  const std::string name(text.substr(begin, length));
  const std::size_t end = begin + length;
  const bool is_closed = begin == 1 || (end < text.size() && text[end] == '}');
  if (!is_closed || !(variables.contains(name) || IsOneOf(name, kEverywhere) ||
                      name.starts_with("HONE_") || name.starts_with("KATIB_"))) {
    return "";
  }
  return text.substr(0, end + begin - 1);
}

std::string_view VariableIn(std::string_view word, const std::set<std::string>& variables) {
  while (true) {
    const std::size_t dollar = word.find('$');
    if (dollar == std::string_view::npos) {
      return "";
    }
    word.remove_prefix(dollar);
    if (word.starts_with("$$")) {
      word.remove_prefix(2);
      continue;
    }
    if (const std::string_view found = VariableAt(word, variables); !found.empty()) {
      return found;
    }
    word.remove_prefix(1);
  }
}

}  // namespace

bool IsShell(std::string_view word) {
  constexpr std::array<std::string_view, 8> kWords = {
      "sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "busybox"};
  return IsOneOf(word.substr(word.rfind('/') + 1), kWords);
}

std::optional<ShellSyntax> FindShellSyntax(const std::vector<std::string>& words) {
  if (words.empty()) {
    return std::nullopt;
  }
  if (auto found = FindInProgram(words.front())) {
    return found;
  }
  bool has_action = false;
  for (std::size_t i = 0; i < words.size() && !BeginsScript(words, i); ++i) {
    const std::string& word = words[i];
    has_action = has_action || word == "-exec" || word == "-execdir" || word == "-ok";
    if (IsOperator(word, has_action)) {
      return ShellSyntax{Quoted(word) + " is an operator of the shell",
                         "write the whole line as one word behind sh -c"};
    }
    if (i > 0 && (IsFlagWithValue(word, words[i - 1]) || (i == 1 && IsScriptWithArguments(word)))) {
      return ShellSyntax{Quoted(word) + " is several words in one", "write each word by itself"};
    }
  }
  return std::nullopt;
}

std::optional<std::string> FindShellVariable(const std::vector<std::string>& words,
                                             const std::set<std::string>& variables) {
  for (std::size_t i = 0; i < words.size() && !BeginsScript(words, i); ++i) {
    if (const std::string_view found = VariableIn(words[i], variables); !found.empty()) {
      return std::string(found);
    }
  }
  return std::nullopt;
}

bool IsPlainForShell(const std::vector<std::string>& words) {
  return std::all_of(words.begin(), words.end(), [](const std::string& word) {
    return !word.empty() && word.find_first_of(" \t\n'\"\\`;&|<>()*?[]#~!") == std::string::npos;
  });
}

}  // namespace hone::controller
