#include "controller/cli/command_line.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <span>
#include <utility>

#include <CLI/CLI.hpp>

#include "proto/model/field_error.h"
#include "proto/model/observation.h"

namespace hone::controller {
namespace {

constexpr int kWordsMax = 1 << 20;

// A command with the CLI11 options that stand for its flags and positionals.
struct Node {
  const Command* command = nullptr;
  CLI::App* app = nullptr;
  CLI::Option* help = nullptr;
  std::vector<std::pair<const Flag*, CLI::Option*>> flags;
  std::vector<std::pair<const Positional*, CLI::Option*>> positionals;
  std::vector<Node> children;
};

CLI::Option* AddFlag(CLI::App& app, const std::string& names, const Flag& flag) {
  // One value for each use of the flag.
  return flag.value.empty() ? app.add_flag(names)
                            : app.add_option(names)->expected(1)->multi_option_policy(
                                  CLI::MultiOptionPolicy::TakeAll);
}

Node Build(const Command& command, std::span<const Flag> globals, CLI::App& app) {
  Node node;
  node.command = &command;
  node.app = &app;
  app.set_help_flag("");
  app.allow_extras();
  app.require_subcommand(0, 1);  // so that a later "run" may be an experiment's name
  node.help = app.add_flag("-h,--help");
  for (const Flag& flag : command.flags) {
    node.flags.emplace_back(&flag, AddFlag(app, flag.names, flag));
  }
  for (const Flag& flag : globals) {
    node.flags.emplace_back(&flag, AddFlag(app, NamesBeside(flag, command), flag));
  }
  for (const Positional& positional : command.positionals) {
    const bool is_list = std::holds_alternative<std::vector<std::string>*>(positional.target);
    const std::string name = "positional" + std::to_string(node.positionals.size());
    CLI::Option* option = app.add_option(name)->expected(1, is_list ? kWordsMax : 1);
    node.positionals.emplace_back(&positional, option->allow_extra_args(is_list));
  }
  // The root's own flags apply to every command.
  const std::span<const Flag> everybodys = globals.empty() ? command.flags : globals;
  for (const Command& child : command.children) {
    node.children.push_back(Build(child, everybodys, *app.add_subcommand(child.name)));
  }
  return node;
}

std::string Convert(const std::string& name, const std::string& text, std::int64_t& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end ? ""
                                             : name + ": \"" + text + "\" is not a whole number";
}

std::string Convert(const std::string& name, const std::string& text, double& value) {
  const std::optional<double> number = ParseNumber(text);
  value = number.value_or(0);
  return number ? "" : name + ": \"" + text + "\" is not a number";
}

std::string Convert(const std::string& /*name*/, const std::string& text, std::string& value) {
  value = text;
  return "";
}

// Stores the given values of one flag in its variable; returns the error text, if any.
struct Fill {
  const std::string& name;
  const std::vector<std::string>& given;

  std::string operator()(bool* target) const {
    *target = !given.empty();
    return "";
  }
  std::string operator()(std::vector<std::string>* target) const {
    *target = given;
    return "";
  }
  template <typename T>
  std::string operator()(std::optional<T>* target) const {
    if (given.empty()) {
      return "";
    }
    if (given.size() > 1) {
      return name + ": given " + std::to_string(given.size()) + " times; one is allowed";
    }
    return Convert(name, given.front(), target->emplace());
  }
};

std::string CheckChoice(const std::string& name,
                        const std::vector<std::string>& given,
                        const std::vector<std::string>& choices) {
  for (const std::string& word : given) {
    if (choices.empty() || std::find(choices.begin(), choices.end(), word) != choices.end()) {
      continue;
    }
    std::string message = name + ": \"" + word + "\" is not one of ";
    for (const std::string& choice : choices) {
      message += (choice == choices.front() ? "" : ", ") + choice;
    }
    return message + SpellingHint(word, choices);
  }
  return "";
}

// True if `word`, which was read as the value of `flag`, is a flag itself. False for a pair such as
// --lr=int:1..2, which may be a value, and for a value that is attached (--sort=-n).
bool IsFlag(const std::string& word,
            const Flag& flag,
            const Node& node,
            const std::vector<std::string>& words) {
  const std::size_t equals = word.find('=');
  const bool is_pair = flag.value.find('=') != std::string::npos && equals != std::string::npos;
  const std::string attached = flag.LongName() + "=" + word;
  if (!word.starts_with("-") || is_pair ||
      std::find(words.begin(), words.end(), attached) != words.end()) {
    return false;
  }
  return std::any_of(node.flags.begin(), node.flags.end(), [&](const auto& other) {
    return other.second->check_name(word.substr(0, equals));
  });
}

// Finds a flag whose value was forgotten, so that the next flag was read as its value: "--minimize
// -p".
std::string CheckValues(const Node& node, const std::vector<std::string>& words) {
  for (const auto& [flag, option] : node.flags) {
    if (flag->value.empty() || option->count() == 0) {
      continue;
    }
    for (const std::string& word : option->results()) {
      if (IsFlag(word, *flag, node, words)) {
        return flag->LongName() + ": its value is missing; \"" + word + "\" is a flag";
      }
    }
  }
  return "";
}

template <typename Argument>
std::string FillAll(const std::vector<std::pair<const Argument*, CLI::Option*>>& arguments,
                    const std::function<std::string(const Argument&)>& name_of) {
  for (const auto& [argument, option] : arguments) {
    if (option->count() == 0) {
      continue;
    }
    const std::string name = name_of(*argument);
    std::string error = CheckChoice(name, option->results(), argument->choices);
    if (error.empty()) {
      error = std::visit(Fill{name, option->results()}, argument->target);
    }
    if (!error.empty()) {
      return error;
    }
  }
  return "";
}

// The error text for a word that no flag and no positional accepted.
std::string DescribeExtra(const Node& node, const std::string& word) {
  std::vector<std::string> known;
  std::string message;
  if (word.size() > 1 && word.front() == '-') {
    message = "unknown flag " + word;
    for (const auto& entry : node.flags) {
      known.push_back(entry.first->LongName());
    }
  } else if (!node.children.empty()) {
    message = "unknown command \"" + word + "\"";
    for (const Node& child : node.children) {
      known.push_back(child.command->name);
    }
  } else {
    message = "unexpected word \"" + word + "\"";
    if (node.command->takes_trailing) {
      message += "; write \"--\" before the command of the trials";
    }
  }
  return message + SpellingHint(word.substr(0, word.find('=')), known);
}

// True if the condition of a parameter was written without quotes, as words of its own.
bool HasLooseCondition(const Node& node, const std::vector<std::string>& words) {
  const bool has_parameters = std::any_of(node.flags.begin(), node.flags.end(), [](const auto& f) {
    return f.first->LongName() == "--param";
  });
  return has_parameters && std::find(words.begin(), words.end(), "if") != words.end();
}

// The error text for words that no flag and no positional accepted; empty if there are none.
std::string CheckExtras(const Node& node, const std::vector<std::string>& words) {
  const std::vector<std::string> extras = node.app->remaining(false);
  if (!extras.empty() && HasLooseCondition(node, words)) {
    return "\"if\" is part of a parameter; write both in quotes: "
           "-p 'NAME=SPEC if PARENT=VALUE'";
  }
  const auto flag = std::find_if(
      extras.begin(), extras.end(), [](const std::string& word) { return word.starts_with("-"); });
  return extras.empty() ? "" : DescribeExtra(node, flag != extras.end() ? *flag : extras.front());
}

std::string Check(const Node& node,
                  const Invocation& invocation,
                  const std::vector<std::string>& words) {
  if (std::string error = CheckValues(node, words); !error.empty()) {
    return error;
  }
  if (std::string error = CheckExtras(node, words); !error.empty()) {
    return error;
  }
  std::string error =
      FillAll<Flag>(node.flags, [](const Flag& argument) { return argument.LongName(); });
  if (error.empty()) {
    error = FillAll<Positional>(node.positionals,
                                [](const Positional& argument) { return argument.name; });
  }
  if (!error.empty() || &invocation.command() != node.command) {
    return error;
  }
  for (const auto& [positional, option] : node.positionals) {
    if (positional->IsRequired() && option->count() == 0) {
      return positional->name + " is missing";
    }
  }
  if (!invocation.trailing.empty() && !node.command->takes_trailing) {
    return "words after \"--\" are not expected here";
  }
  return node.command->run ? "" : "a command is missing";
}

}  // namespace

std::string Invocation::CommandName() const {
  std::string name;
  for (const Command* command : path) {
    name += (name.empty() ? "" : " ") + command->name;
  }
  return name;
}

Invocation ParseCommandLine(const Command& root, const std::vector<std::string>& words) {
  CLI::App app;
  Node top = Build(root, {}, app);
  Invocation invocation;
  const auto dashes = std::find(words.begin(), words.end(), "--");
  // CLI11 reads the words from the back.
  std::vector<std::string> own(words.begin(), dashes);
  std::reverse(own.begin(), own.end());
  if (dashes != words.end()) {
    invocation.trailing.assign(dashes + 1, words.end());
  }
  const std::vector<std::string> before_dashes(own.rbegin(), own.rend());
  try {
    app.parse(std::move(own));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string message = error.what();
    invocation.error = message.substr(0, message.find(':')) + ": its value is missing";
  } catch (const CLI::Error& error) {
    invocation.error = error.what();
  }
  std::vector<const Node*> nodes = {&top};
  for (bool has_child = true; has_child;) {
    has_child = false;
    for (const Node& child : nodes.back()->children) {
      if (child.app->parsed()) {
        nodes.push_back(&child);
        has_child = true;
        break;
      }
    }
  }
  for (const Node* node : nodes) {
    invocation.path.push_back(node->command);
    invocation.wants_help = invocation.wants_help || node->help->count() > 0;
  }
  for (const Node* node : nodes) {
    if (invocation.error.empty()) {
      invocation.error = Check(*node, invocation, before_dashes);
    }
  }
  return invocation;
}

}  // namespace hone::controller
