// Command: one node of the command tree, as a value. The tree is the only description of the
// command line: parsing, help, completion and docs/guide/cli.md all come from it. Each command is
// in its own file and owns the variables that its flags fill.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "controller/cli/output.h"
#include "controller/cli/world.h"
#include "proto/convert/document.h"
#include "proto/core/result.h"

namespace hone::controller {

/// The exit codes of the program.
enum ExitCode : int {
  kExitOk = 0,
  kExitFailure = 1,
  kExitUsage = 2,
  /// The experiment failed, or no trial of it has a value.
  kExitExperimentFailed = 3,
  kExitInterrupted = 130,
};

/// What shell completion offers for a word.
enum class Completes {
  kNothing,
  kFile,
  kExperiment,
  kTrial,
  /// An argument of `hone describe`: an experiment, a trial, or a kind and a name.
  kSubject,
  kAlgorithm,
  kRule,
  /// KEY= for a setting of the algorithm or the rule that the command line names.
  kSetting,
  kRuleSetting,
};

using Target = std::variant<bool*,
                            std::optional<std::string>*,
                            std::optional<std::int64_t>*,
                            std::optional<double>*,
                            std::vector<std::string>*>;

struct Flag {
  /// "-o,--output"
  std::string names;
  /// The placeholder of the value in the help, e.g. "FILE"; empty for a switch.
  std::string value;
  std::string help;
  Target target;
  /// The allowed values; empty: any value.
  std::vector<std::string> choices{};
  Completes completes = Completes::kNothing;

  [[nodiscard]] std::string LongName() const { return names.substr(names.find("--")); }
};

struct Positional {
  /// As the usage line shows it: "NAME", "[EXPERIMENT]", "FILE...".
  std::string name;
  Target target;
  std::vector<std::string> choices{};
  Completes completes = Completes::kNothing;

  [[nodiscard]] bool IsRequired() const { return name.front() != '['; }
};

struct Example {
  std::string what;
  std::string command;
};

/// The context in which a command runs.
struct Session {
  const WorldFactory& factory;
  StorePaths paths;
  /// The namespace; nothing if the user gave none: experiments are then looked for in all
  /// namespaces.
  std::optional<std::string> ns;
  AlgorithmServices services;
  /// The command line, shown to another hone that finds the store locked.
  std::string command_line;
  /// The words after "--".
  std::vector<std::string> trailing;
  Output& output;
};

struct Command {
  std::string name;
  std::string summary;
  std::vector<Example> examples;
  /// Paragraphs that the help shows below the flags.
  std::string notes;
  std::vector<Positional> positionals;
  std::vector<Flag> flags;
  std::vector<Command> children;
  bool takes_trailing = false;
  bool is_hidden = false;
  /// Runs the command and returns the exit code; an error is printed and exits 1. Empty for a node
  /// with children.
  std::function<Result<int>(Session&)> run;
};

/// Output formats: a table for people, and the others for programs.
enum class Format { kTable, kJson, kYaml, kName };
/// -o,--output with the formats `words`.
Flag OutputFlag(std::optional<std::string>* target, std::vector<std::string> words);
Format FormatOf(const std::optional<std::string>& word);

/// Prints a tree as JSON or YAML.
void PrintTree(const Session& session, const proto::Json& tree, Format format);

/// Flags that every command understands.
struct GlobalOptions {
  std::optional<std::string> store;
  std::optional<std::string> config;
  std::optional<std::string> ns;
  std::optional<std::string> color;
  bool is_quiet = false;
};

/// The names of a global flag under a command: without its short name if the command uses that for
/// another flag (-n is the number of trials for run and resume).
std::string NamesBeside(const Flag& global, const Command& command);

/// The whole tree, with the program at its root; the root's flags apply to every command. Flags
/// fill `globals` and variables that the tree owns.
std::unique_ptr<Command> MakeCommandTree(GlobalOptions& globals);

/// Each command is in a file of its own.
Command MakeRunCommand();
Command MakeResumeCommand();
Command MakeStopCommand();
Command MakeDeleteCommand();
Command MakeGetCommand();
Command MakeGetTrialsCommand();
Command MakeGetAlgorithmsCommand();
Command MakeDescribeCommand();
Command MakeBestCommand();
Command MakeExportCommand();
Command MakeLogsCommand();
Command MakeValidateCommand();
Command MakeStoreCommand();
Command MakeServeCommand();
Command MakeSuggestionCommand();
Command MakeCompleteCommand();

}  // namespace hone::controller
