#include <cerrno>
#include <memory>
#include <utility>

#include "controller/cli/command_line.h"
#include "controller/cli/completion.h"
#include "controller/cli/config.h"
#include "controller/cli/help.h"
#include "controller/cli/query.h"

namespace hone::controller {
namespace {

constexpr const char* kVersion = HONE_VERSION;

Command MakeCompletionCommand(const Command& root) {
  auto shell = std::make_shared<std::optional<std::string>>();
  Command command;
  command.name = "completion";
  command.summary = "Print a completion script for a shell";
  command.examples = {
      {"in ~/.bashrc", "source <(hone completion bash)"},
      {"in ~/.zshrc", "autoload -U compinit && compinit\n  source <(hone completion zsh)"},
      {"in ~/.config/fish/config.fish", "hone completion fish | source"}};
  command.positionals = {{"SHELL", shell.get(), {"bash", "zsh", "fish"}}};
  command.run = [shell, &root](Session& session) -> Result<int> {
    session.output.Write(*shell == "bash"  ? RenderBashCompletion(root)
                         : *shell == "zsh" ? RenderZshCompletion(root)
                                           : RenderFishCompletion(root));
    return kExitOk;
  };
  return command;
}

Command MakeReferenceCommand(const Command& root) {
  Command command;
  command.name = "reference";
  command.summary = "Print docs/guide/cli.md";
  command.is_hidden = true;
  command.run = [&root](Session& session) -> Result<int> {
    session.output.Write(RenderReference(root));
    return kExitOk;
  };
  return command;
}

Command MakeVersionCommand() {
  auto output = std::make_shared<std::optional<std::string>>();
  Command command;
  command.name = "version";
  command.summary = "Print the version";
  command.flags = {OutputFlag(output.get(), {"table", "json", "yaml"})};
  command.run = [output](Session& session) -> Result<int> {
    if (FormatOf(*output) == Format::kTable) {
      session.output.Write(std::string("hone ") + kVersion + "\n");
    } else {
      PrintTree(session, {{"name", "hone"}, {"version", kVersion}}, FormatOf(*output));
    }
    return kExitOk;
  };
  return command;
}

// Replaces words that users try first by the commands that they mean.
std::vector<std::string> Translate(std::vector<std::string> words) {
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  } else if (words.size() == 1 && words.front() == "--version") {
    words.front() = "version";
  }
  return words;
}

std::string Join(const std::vector<std::string>& words) {
  std::string text = "hone";
  for (const std::string& word : words) {
    text += " " + word;
  }
  return text;
}

int ReportUsage(const Invocation& invocation, const Output& output) {
  output.Fail(invocation.CommandName() + ": " + invocation.error);
  WriteToStderr("`" + invocation.CommandName() + " --help` shows how it is used\n");
  return kExitUsage;
}

int Execute(const Invocation& invocation,
            const GlobalOptions& globals,
            const WorldFactory& factory,
            const std::vector<std::string>& words,
            Output& output) {
  const Result<StorePaths> paths = StorePaths::Resolve(globals.store);
  Result<Config> config = LoadConfig(globals.config);
  if (!config) {
    output.Fail(config.error().message);
    return kExitUsage;
  }
  Session session{factory,
                  paths.value_or(StorePaths{}),
                  globals.ns,
                  std::move(config->services),
                  Join(words),
                  invocation.trailing,
                  output};
  if (!paths && globals.store) {
    output.Fail(paths.error().message);
    return kExitUsage;
  }
  const Result<int> code = invocation.command().run(session);
  const Status flushed = output.Flush();
  if (!code || !flushed) {
    output.Fail(code ? flushed.error().message : code.error().message);
    return kExitFailure;
  }
  return *code;
}

}  // namespace

std::string NamesBeside(const Flag& global, const Command& command) {
  const std::size_t comma = global.names.find(',');
  if (comma == std::string::npos) {
    return global.names;
  }
  for (const Flag& flag : command.flags) {
    if (&flag != &global && flag.names.starts_with(global.names.substr(0, comma + 1))) {
      return global.names.substr(comma + 1);
    }
  }
  return global.names;
}

Flag OutputFlag(std::optional<std::string>* target, std::vector<std::string> words) {
  return {"-o,--output", "FORMAT", "what to print", target, std::move(words)};
}

Format FormatOf(const std::optional<std::string>& word) {
  if (word == "json") {
    return Format::kJson;
  }
  if (word == "yaml") {
    return Format::kYaml;
  }
  return word == "name" ? Format::kName : Format::kTable;
}

void PrintTree(const Session& session, const proto::Json& tree, Format format) {
  const std::string text =
      format == Format::kYaml ? proto::WriteYaml(tree) : proto::WritePrettyJson(tree);
  session.output.WriteRaw(text.ends_with('\n') ? text : text + "\n");
}

std::unique_ptr<Command> MakeCommandTree(GlobalOptions& globals) {
  auto root = std::make_unique<Command>();
  root->name = "hone";
  root->summary = "Hone tunes models: it searches the parameters with which a program does best";
  root->examples = {{"tune a program: one line it prints, `accuracy=0.93`, says how good it was",
                     "hone run --maximize accuracy -p lr=loguniform:1e-4..1e-1 -n 40 -j 2 \\\n"
                     "      -- python3 train.py --lr {lr}"},
                    {"run a Katib experiment here", "hone run experiment.yaml"},
                    {"the best parameters so far", "hone best"},
                    {"what there is", "hone get experiments"}};
  root->flags = {
      {"--store",
       "FILE",
       "where everything is kept ($XDG_DATA_HOME/hone/hone.db)",
       &globals.store,
       {},
       Completes::kFile},
      {"--config",
       "FILE",
       "services of other algorithms ($XDG_CONFIG_HOME/hone/hone.yaml)",
       &globals.config,
       {},
       Completes::kFile},
      {"-n,--namespace", "NAME", "the namespace of experiments (default)", &globals.ns},
      {"-q,--quiet", "", "no progress and no messages but errors", &globals.is_quiet},
      {"--color", "WHEN", "colours", &globals.color, {"auto", "always", "never"}},
  };
  root->notes =
      "Exit codes: 0 done, 1 failure, 2 wrong usage, 3 the experiment failed or no trial of it\n"
      "has a value, 130 interrupted.";
  root->children = {MakeRunCommand(),
                    MakeResumeCommand(),
                    MakeStopCommand(),
                    MakeDeleteCommand(),
                    MakeGetCommand(),
                    MakeDescribeCommand(),
                    MakeBestCommand(),
                    MakeExportCommand(),
                    MakeLogsCommand(),
                    MakeValidateCommand(),
                    MakeStoreCommand(),
                    MakeServeCommand(),
                    MakeSuggestionCommand(),
                    MakeCompletionCommand(*root),
                    MakeCompleteCommand(),
                    MakeReferenceCommand(*root),
                    MakeVersionCommand()};
  return root;
}

int RunCommandLine(int argc, const char* const* argv, const WorldFactory& factory) {
  const std::vector<std::string> words =
      Translate(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  GlobalOptions globals;
  const std::unique_ptr<Command> root = MakeCommandTree(globals);
  const Invocation invocation = ParseCommandLine(*root, words);
  Output output(globals.is_quiet, globals.color.value_or("auto"));
  if (invocation.wants_help || words.empty()) {
    output.Write(RenderHelp(invocation.path));
    const Status flushed = output.Flush();
    return words.empty() ? kExitUsage : flushed ? kExitOk : kExitFailure;
  }
  if (!invocation.error.empty()) {
    return ReportUsage(invocation, output);
  }
  return Execute(invocation, globals, factory, words, output);
}

}  // namespace hone::controller
