#include "controller/cli/command_line.h"

#include <functional>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/cli/completion.h"
#include "controller/cli/help.h"

namespace hone::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return words;
}

TEST(CommandLine, FindsTheCommandAndItsFlags) {
  GlobalOptions globals;
  const auto root = MakeCommandTree(globals);

  const Invocation invocation = ParseCommandLine(
      *root, Words("--store a.db run --maximize acc -p x=a,b -p y=c,d -n 3 -q -- sh -c x"));

  EXPECT_EQ(invocation.error, "");
  EXPECT_EQ(invocation.CommandName(), "hone run");
  EXPECT_THAT(invocation.trailing, ElementsAre("sh", "-c", "x"));
  EXPECT_EQ(globals.store, "a.db");
  EXPECT_TRUE(globals.is_quiet);
  EXPECT_EQ(globals.ns, std::nullopt);
}

TEST(CommandLine, TakesGlobalFlagsBehindTheCommandToo) {
  GlobalOptions globals;
  const auto root = MakeCommandTree(globals);

  const Invocation invocation =
      ParseCommandLine(*root, Words("get trials x -n team --store=b.db --color never"));

  EXPECT_EQ(invocation.error, "");
  EXPECT_EQ(invocation.CommandName(), "hone get trials");
  EXPECT_EQ(globals.ns, "team");
  EXPECT_EQ(globals.store, "b.db");
}

TEST(CommandLine, GivesAFlagOneWordAndLeavesTheNextToThePositionals) {
  GlobalOptions globals;
  const auto root = MakeCommandTree(globals);

  const Invocation before = ParseCommandLine(*root, Words("run --store a.db x.yaml"));
  const std::optional<std::string> store = globals.store;
  const Invocation twice = ParseCommandLine(*root, Words("run --store a.db --store b.db x.yaml"));

  EXPECT_EQ(before.error, "");
  EXPECT_EQ(store, "a.db");
  EXPECT_THAT(twice.error, HasSubstr("--store: given 2 times"));
}

TEST(CommandLine, TakesTheNameOfACommandForAnExperimentBehindOne) {
  GlobalOptions globals;
  const auto root = MakeCommandTree(globals);

  for (const auto& [line, command] :
       {std::pair("resume run", "hone resume"), {"get trials get", "hone get trials"}}) {
    const Invocation invocation = ParseCommandLine(*root, Words(line));

    EXPECT_EQ(invocation.error, "") << line;
    EXPECT_EQ(invocation.CommandName(), command) << line;
  }
}

TEST(CommandLine, SaysWhatIsWrongWithIt) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"rnu x.yaml", "unknown command \"rnu\"; did you mean \"run\"?"},
      {"get trails", "unknown command \"trails\"; did you mean \"trials\"?"},
      {"get", "a command is missing"},
      {"run --maxmize acc", "unknown flag --maxmize; did you mean \"--maximize\"?"},
      {"run a.yaml b.yaml", "unexpected word \"b.yaml\"; write \"--\" before the command"},
      {"run -n many", "--trials: \"many\" is not a whole number"},
      {"run --goal high", "--goal: \"high\" is not a number"},
      {"run -n 3 -n 4", "--trials: given 2 times"},
      {"run -n 99999999999999999999", "is not a whole number"},
      {"delete", "NAME... is missing"},
      {"best x -o jsn", "\"jsn\" is not one of table, json, yaml, name, shell; did you mean"},
      {"completion tcsh", "\"tcsh\" is not one of bash, zsh, fish"},
      {"version -- x", "words after \"--\" are not expected here"},
      {"--colour always version", "did you mean \"--color\"?"},
      {"run --minimize -p x=int:1..2", "--minimize: its value is missing; \"-p\" is a flag"},
      {"run --minimize --trials=5", "--minimize: its value is missing"},
      {"run -n 3 --minimize", "--minimize: its value is missing"},
      {"run -p x=uniform:0..1 if opt=sgd -- t", "-p 'NAME=SPEC if PARENT=VALUE'"},
      {"version --color pink", "\"pink\" is not one of auto, always, never"},
  };
  for (const auto& [line, part] : rows) {
    GlobalOptions globals;
    const auto root = MakeCommandTree(globals);

    const Invocation invocation = ParseCommandLine(*root, Words(line));

    EXPECT_THAT(invocation.error, HasSubstr(part)) << line;
  }
}

void ForEachCommand(std::vector<const Command*> path,
                    const std::function<void(const std::vector<const Command*>&)>& visit) {
  visit(path);
  for (const Command& child : path.back()->children) {
    std::vector<const Command*> longer = path;
    longer.push_back(&child);
    ForEachCommand(longer, visit);
  }
}

TEST(Help, ShowsExamplesBeforeFlagsForEveryCommand) {
  GlobalOptions globals;
  const auto root = MakeCommandTree(globals);

  ForEachCommand({root.get()}, [](const std::vector<const Command*>& path) {
    const std::string help = RenderHelp(path);
    const std::size_t flags = help.find("--store");
    EXPECT_NE(flags, std::string::npos);
    if (!path.back()->examples.empty()) {
      EXPECT_LT(help.find("Examples:"), flags) << help;
    }
    EXPECT_THAT(help, HasSubstr("Usage:"));
  });
}

TEST(Help, OfRunAloneTeachesTheGrammarOfParameters) {
  GlobalOptions globals;
  const auto root = MakeCommandTree(globals);

  const Invocation invocation = ParseCommandLine(*root, {"run", "--help"});
  const std::string help = RenderHelp(invocation.path);

  EXPECT_TRUE(invocation.wants_help);
  for (const char* part : {"loguniform:1e-4..1e-1",
                           "int:16..256/16",
                           "logint:",
                           "discrete:",
                           "relu,tanh",
                           "{lr}",
                           "{{lr}}",
                           "normal:",
                           "accuracy=0.93",
                           "Ctrl-C"}) {
    EXPECT_THAT(help, HasSubstr(part));
  }
}

TEST(Reference, HasAChapterForEveryVisibleCommand) {
  GlobalOptions globals;
  const auto root = MakeCommandTree(globals);

  const std::string reference = RenderReference(*root);

  ForEachCommand({root.get()}, [&](const std::vector<const Command*>& path) {
    Invocation invocation;
    invocation.path = path;
    if (!path.back()->is_hidden) {
      EXPECT_THAT(reference, HasSubstr("\n## " + invocation.CommandName() + "\n"));
    }
  });
}

TEST(Completion, KnowsEveryCommandAndFlag) {
  GlobalOptions globals;
  const auto root = MakeCommandTree(globals);

  for (const std::string& script : {RenderBashCompletion(*root), RenderZshCompletion(*root)}) {
    EXPECT_THAT(script, HasSubstr("\"hone get trials\""));
    EXPECT_THAT(script, HasSubstr("--maximize"));
    EXPECT_THAT(script, HasSubstr("_hone_names experiment"));
  }
  const std::string fish = RenderFishCompletion(*root);
  EXPECT_THAT(fish, HasSubstr("\"hone run\"' -l maximize -x"));
  EXPECT_EQ(fish.find("reference"), std::string::npos);
}

}  // namespace
}  // namespace hone::controller
