#include <filesystem>
#include <memory>
#include <system_error>

#include <fmt/format.h>

#include "controller/cli/query.h"

namespace hone::controller {
namespace {

std::string ContentsText(const db::StoreContents& contents) {
  return std::to_string(contents.experiments) + " experiments, " + std::to_string(contents.trials) +
         " trials";
}

Result<int> BackUp(const std::filesystem::path& file, const Session& session) {
  HONE_ASSIGN_OR_RETURN(const db::StoreContents contents,
                        session.factory.back_up_store(session.paths, file));
  std::error_code ignored;
  const auto bytes = static_cast<double>(std::filesystem::file_size(file, ignored));
  session.output.Note("wrote " + file.string() + ": " + ContentsText(contents) +
                      fmt::format(", {:.1f} MB", bytes / 1e6));
  return kExitOk;
}

Result<int> Check(const Session& session) {
  HONE_ASSIGN_OR_RETURN(const db::StoreExamination examination,
                        session.factory.examine_store(session.paths));
  const std::string store = "store " + session.paths.Name();
  for (const std::string& fault : examination.faults) {
    session.output.Write(store + ": " + fault + "\n");
  }
  if (!examination.faults.empty()) {
    return kExitFailure;
  }
  session.output.Write(store + " is sound: " + ContentsText(examination.contents) + "\n");
  return kExitOk;
}

Command MakeBackupCommand() {
  auto file = std::make_shared<std::optional<std::string>>();
  Command command;
  command.name = "backup";
  command.summary = "Copy the store, as it is now, to a new file; runs and servers may go on";
  command.examples = {{"a copy of today", "hone store backup hone-$(date +%F).db"},
                      {"look into it", "hone get experiments --store hone-2026-01-31.db"}};
  command.notes =
      "FILE must not exist. Logs, volumes and checkpoints of trials are not in the store: see\n"
      "docs/guide/store.md.";
  command.positionals = {{"FILE", file.get(), {}, Completes::kFile}};
  command.run = [file](Session& session) {
    return BackUp(**file, session);
  };
  return command;
}

Command MakeCheckCommand() {
  Command command;
  command.name = "check";
  command.summary = "Read all of the store and say what is wrong with it";
  command.examples = {{"before it is kept", "hone store check --store hone-2026-01-31.db"}};
  command.notes =
      "Looks for damaged pages and indexes, rows that belong to nothing, and experiments whose "
      "counts\n"
      "or best trial their trials do not bear out. Exit code 1 if there is anything.";
  command.run = Check;
  return command;
}

}  // namespace

Command MakeStoreCommand() {
  Command command;
  command.name = "store";
  command.summary = "Back up or check the file in which everything is kept";
  command.examples = {{"a copy, while trials run", "hone store backup copy.db"},
                      {"is it whole?", "hone store check"}};
  command.children = {MakeBackupCommand(), MakeCheckCommand()};
  return command;
}

}  // namespace hone::controller
