#include <memory>
#include <utility>

#include "controller/cli/algorithm_tree.h"
#include "controller/cli/command.h"
#include "controller/cli/table.h"

namespace hone::controller {
namespace {

struct GetOptions {
  std::optional<std::string> kind;
  std::optional<std::string> output;
};

void PrintTable(const Session& session, const std::vector<Catalogued>& entries) {
  Table table({{"NAME"}, {"KIND"}, {"SUMMARY"}, {"SETTINGS"}},
              session.output.out_painter(),
              [&output = session.output](std::string_view line) { return output.Write(line); });
  for (const Catalogued& entry : entries) {
    std::string settings;
    for (const algorithms::SettingSchema& setting : entry.settings) {
      settings += (settings.empty() ? "" : ", ") + std::string(setting.name);
    }
    table.Add({{std::string(entry.name)},
               {std::string(entry.kind)},
               {std::string(entry.summary)},
               {settings}});
  }
  table.Finish();
}

Result<int> GetAlgorithms(const GetOptions& options, const Session& session) {
  const Format format = FormatOf(options.output);
  const std::vector<Catalogued> entries = AllCatalogued(options.kind);
  if (format == Format::kTable) {
    PrintTable(session, entries);
    return kExitOk;
  }
  proto::Json items = proto::Json::array();
  for (const Catalogued& entry : entries) {
    if (format == Format::kName) {
      session.output.Write("algorithm/" + std::string(entry.name) + "\n");
    }
    items.push_back(AlgorithmTree(entry));
  }
  if (format != Format::kName) {
    PrintTree(session, items, format);
  }
  return kExitOk;
}

}  // namespace

Command MakeGetAlgorithmsCommand() {
  auto options = std::make_shared<GetOptions>();
  Command command;
  command.name = "algorithms";
  command.summary = "List the search algorithms and the stopping rules with their settings";
  command.examples = {{"all of them", "hone get algorithms"},
                      {"what can end hopeless trials", "hone get algorithms stopping"}};
  command.positionals = {{"[KIND]", &options->kind, {"search", "stopping"}}};
  command.flags = {OutputFlag(&options->output, {"table", "json", "yaml", "name"})};
  command.run = [options](Session& session) {
    return GetAlgorithms(*options, session);
  };
  return command;
}

}  // namespace hone::controller
