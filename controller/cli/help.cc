#include "controller/cli/help.h"

#include <algorithm>

#include "controller/cli/text.h"

namespace hone::controller {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kFlagColumns = 32;

std::string NameOf(const std::vector<const Command*>& path) {
  std::string name;
  for (const Command* command : path) {
    name += (name.empty() ? "" : " ") + command->name;
  }
  return name;
}

std::string Usage(const std::vector<const Command*>& path) {
  const Command& command = *path.back();
  std::string usage = NameOf(path);
  if (!command.children.empty()) {
    return usage + " COMMAND";
  }
  for (const Positional& positional : command.positionals) {
    usage += " " + positional.name;
  }
  if (!command.flags.empty()) {
    usage += " [flags]";
  }
  return command.takes_trailing ? usage + " [-- command...]" : usage;
}

// The words of `text` in lines of at most `columns`; lines after the first are indented.
std::string Wrap(const std::string& text, std::size_t indent, std::size_t columns) {
  std::string wrapped;
  std::size_t column = indent;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (column > indent && column + 1 + DisplayWidth(word) > columns) {
      wrapped += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      wrapped += ' ';
      ++column;
    }
    wrapped += word;
    column += DisplayWidth(word);
    begin = end + 1;
  }
  return wrapped;
}

// "-o, --output FORMAT"; flags without a short name are aligned with the others.
std::string FlagTitle(const std::string& names, const Flag& flag) {
  const std::size_t comma = names.find(',');
  const std::string title = comma == std::string::npos
                                ? "    " + names
                                : names.substr(0, comma) + ", " + names.substr(comma + 1);
  return flag.value.empty() ? title : title + " " + flag.value;
}

std::string HelpText(const Flag& flag) {
  std::string text = flag.help;
  for (const std::string& choice : flag.choices) {
    text += (choice == flag.choices.front() ? ": " : "|") + choice;
  }
  return text;
}

std::string RenderFlag(const std::string& names, const Flag& flag) {
  std::string line = "  " + FlagTitle(names, flag);
  const std::size_t width = DisplayWidth(line);
  line += width + 2 > kFlagColumns ? "\n" + std::string(kFlagColumns, ' ')
                                   : std::string(kFlagColumns - width, ' ');
  return line + Wrap(HelpText(flag), kFlagColumns, kColumns) + "\n";
}

std::string RenderExamples(const Command& command) {
  std::string text;
  for (const Example& example : command.examples) {
    text += "  # " + example.what + "\n  " + example.command + "\n";
  }
  return text;
}

std::string RenderFlags(const std::vector<const Command*>& path) {
  const Command& command = *path.back();
  const Command& root = *path.front();
  std::string text;
  if (path.size() > 1 && !command.flags.empty()) {
    text += "\nFlags:\n";
    for (const Flag& flag : command.flags) {
      text += RenderFlag(flag.names, flag);
    }
  }
  if (!command.notes.empty()) {
    text += "\n" + command.notes + "\n";
  }
  text += "\nGlobal flags:\n";
  for (const Flag& flag : root.flags) {
    text += RenderFlag(path.size() > 1 ? NamesBeside(flag, command) : flag.names, flag);
  }
  return text + "  -h, --help                    this text\n";
}

}  // namespace

std::string RenderHelp(const std::vector<const Command*>& path) {
  const Command& command = *path.back();
  std::string text = command.summary + "\n";
  if (!command.examples.empty()) {
    text += "\nExamples:\n" + RenderExamples(command);
  }
  text += "\nUsage:\n  " + Usage(path) + "\n";
  if (!command.children.empty()) {
    text += "\nCommands:\n";
  }
  for (const Command& child : command.children) {
    if (!child.is_hidden) {
      text += "  " + PadRight(child.name, 14) + Wrap(child.summary, 16, kColumns) + "\n";
    }
  }
  return text + RenderFlags(path);
}

namespace {

void AppendReference(const std::vector<const Command*>& path, std::string& text) {
  text += "\n## " + NameOf(path) + "\n\n```text\n" + RenderHelp(path) + "```\n";
  for (const Command& child : path.back()->children) {
    if (!child.is_hidden) {
      std::vector<const Command*> longer = path;
      longer.push_back(&child);
      AppendReference(longer, text);
    }
  }
}

}  // namespace

std::string RenderReference(const Command& root) {
  std::string text =
      "# Command line\n\nPrinted by `hone reference` from the program itself; do not edit.\n";
  AppendReference({&root}, text);
  return text;
}

}  // namespace hone::controller
