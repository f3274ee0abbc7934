#include "controller/main/embedded.h"

#include <system_error>
#include <utility>

#include "controller/engine/control_socket.h"
#include "controller/engine/host.h"
#include "controller/engine/local_files.h"
#include "controller/engine/open_store.h"
#include "controller/local/experiment_folder.h"
#include "controller/local/process_runner.h"
#include "controller/local/store_lock.h"
#include "controller/main/server.h"
#include "db/sqlite/sqlite_store.h"
#include "db/sqlite/store_care.h"
#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

std::string Describe(const LockHolder& holder) {
  return "pid " + std::to_string(holder.pid) + " (" + holder.command + ") on " + holder.host +
         " since " + FormatTime(holder.since);
}

Result<std::unique_ptr<db::Store>> OpenStore(const StorePaths& paths, bool writable) {
  HONE_RETURN_IF_ERROR(CheckIsInAFile(paths));
  std::error_code ignored;
  if (!std::filesystem::exists(paths.database, ignored)) {
    return Fail(Code::kNotFound, "there is no store at " + paths.database.string() + " yet");
  }
  if (!writable) {
    auto opened = db::OpenSqliteStore(paths.database, db::SqliteAccess::kReadOnly);
    if (opened || opened.error().code != Code::kFailedPrecondition) {
      return opened;
    }
    // An older hone made it: opening it to write brings it up to date, or says what is wrong.
  }
  return db::OpenSqliteStore(paths.database, db::SqliteAccess::kReadWrite);
}

}  // namespace

WorldFactory EmbeddedFactory() {
  WorldFactory factory;
  factory.open_host = OpenHost;
  factory.open_store = OpenStore;
  factory.back_up_store = [](const StorePaths& paths,
                             const std::filesystem::path& to) -> Result<db::StoreContents> {
    HONE_RETURN_IF_ERROR(CheckIsInAFile(paths));
    return db::BackUpSqliteStore(paths.database, to);
  };
  factory.examine_store = [](const StorePaths& paths) -> Result<db::StoreExamination> {
    HONE_RETURN_IF_ERROR(CheckIsInAFile(paths));
    return db::ExamineSqliteStore(paths.database);
  };
  factory.holder = [](const StorePaths& paths) -> std::optional<std::string> {
    const std::optional<LockHolder> holder =
        paths.url.empty() ? StoreLock::Holder(paths.database) : std::nullopt;
    return holder ? std::optional(Describe(*holder)) : std::nullopt;
  };
  factory.controlled = [](const StorePaths& paths) {
    return paths.url.empty() ? AskWhatIsControlled(paths.database) : Controlled();
  };
  factory.trial_files = [](const StorePaths& paths,
                           const ExperimentKey& key,
                           const std::string& trial_name) -> TrialFiles {
    TrialPaths files = PathsOfTrial(paths.trials, key, trial_name);
    return {std::move(files.volumes),
            std::move(files.log),
            std::move(files.checkpoint),
            std::move(files.work)};
  };
  factory.begin_deletion = [](const StorePaths& paths, const Experiment& experiment) {
    return BeginDeletion(paths.trials, experiment.key, experiment.uid);
  };
  factory.finish_deletions = [](const StorePaths& paths, db::Store& store) {
    return FinishDeletionsOf(store, paths.trials);
  };
  factory.serve_suggestions = ServeSuggestions;
  factory.serve_store = ServeStore;
  return factory;
}

}  // namespace hone::controller
