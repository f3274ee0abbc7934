#include "controller/main/embedded.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

#include <sys/stat.h>

#include "controller/local/event_loop.h"
#include "controller/local/experiment_folder.h"
#include "controller/local/process_runner.h"
#include "controller/local/store_lock.h"
#include "controller/main/open_store.h"
#include "controller/main/servers.h"
#include "controller/main/signals.h"
#include "controller/main/wake_queue.h"
#include "db/sqlite/sqlite_store.h"
#include "db/sqlite/store_care.h"
#include "proto/model/experiment.h"
#include "suggestion/client/service_suggester.h"
#include "suggestion/engine/background_suggester.h"
#include "suggestion/engine/search_arena.h"

namespace hone::controller {
namespace {

/// What processes of an earlier run get before they are killed.
constexpr auto kOrphanGrace = std::chrono::seconds(5);
/// A wall clock that jumps back must not make the world sleep for long.
constexpr Duration kWaitMax = std::chrono::seconds(1);

/// Of searches. One that takes long leaves another thread to the others, also on a single core.
std::size_t SearchThreads() {
  return std::max(2U, std::thread::hardware_concurrency());
}

std::string Describe(const LockHolder& holder) {
  return "pid " + std::to_string(holder.pid) + " (" + holder.command + ") on " + holder.host +
         " since " + FormatTime(holder.since);
}

/// What tells the file of a store from a copy of it.
Result<std::string> IdentityOf(const std::filesystem::path& database) {
  struct stat status {};
  if (::stat(database.c_str(), &status) != 0) {
    return Fail(
        Code::kNotFound,
        "looking at store " + database.string() + ": " + std::generic_category().message(errno));
  }
  return std::to_string(status.st_dev) + "-" + std::to_string(status.st_ino);
}

Status FinishDeletionsOf(db::Store& store, const std::filesystem::path& trials) {
  return FinishDeletions(trials,
                         [&](const ExperimentKey& key, const std::string& uid) -> Result<bool> {
                           const Result<Experiment> found = store.GetExperiment(key);
                           if (!found && found.error().code != Code::kNotFound) {
                             return tl::unexpected<Error>(found.error());
                           }
                           return found && found->uid == uid;
                         });
}

class EmbeddedWorld final : public World {
 public:
  EmbeddedWorld() = default;
  EmbeddedWorld(const EmbeddedWorld&) = delete;
  EmbeddedWorld& operator=(const EmbeddedWorld&) = delete;
  ~EmbeddedWorld() override {
    // Its processes end first; what they still report is for the controller.
    runner_.reset();
    if (loop_ != nullptr && wakes_ != nullptr) {
      loop_->Remove(wakes_->fd());
    }
    if (loop_ != nullptr && signals_ != nullptr) {
      loop_->Remove(signals_->fd());
    }
  }

  Status Open(const WorldOptions& options) {
    const Time since = clock_.Now();
    HONE_ASSIGN_OR_RETURN(signals_, SignalQueue::Make());
    HONE_ASSIGN_OR_RETURN(opened_, OpenLocked(options.paths, options.command, since));
    database_ = options.paths.database;
    HONE_ASSIGN_OR_RETURN(file_, IdentityOf(database_));
    HONE_ASSIGN_OR_RETURN(loop_, EventLoop::Make());
    HONE_RETURN_IF_ERROR(loop_->Add(signals_->fd(), [this] {
      const std::vector<Signal> taken = signals_->Take();
      arrived_.insert(arrived_.end(), taken.begin(), taken.end());
    }));
    return Connect(options, since);
  }

  db::Store& store() override { return *opened_.store; }
  Controller& controller() override { return *controller_; }
  const Clock& clock() override { return clock_; }
  [[nodiscard]] std::size_t orphans_ended() const override { return orphans_ended_; }

  [[nodiscard]] Status CheckStore() const override {
    const Result<std::string> now = IdentityOf(database_);
    if (now && *now == file_) {
      return {};
    }
    return Fail(Code::kFailedPrecondition,
                "the store " + database_.string() +
                    " was deleted or replaced while it was in use, "
                    "maybe by a trial; what is written to it now would be lost");
  }

  std::vector<Signal> Wait(std::optional<Time> deadline) override {
    const Duration left = deadline ? *deadline - clock_.Now() : kWaitMax;
    loop_->Wait(std::clamp(left, Duration{0}, kWaitMax));
    return std::exchange(arrived_, {});
  }

 private:
  Status Connect(const WorldOptions& options, Time since) {
    db::SqlStore& store = *opened_.store;
    ProcessRunnerOptions runner_options;
    HONE_ASSIGN_OR_RETURN(const std::string id, store.StoreId());
    // A copy has the id of its original, whose trials may be running.
    runner_options.store_id = id + "." + file_;
    runner_options.store = database_;
    runner_options.trials_root = options.paths.trials;
    runner_options.working_directory = options.working_directory;
    runner_options.is_folder_shared = options.is_folder_shared;
    runner_options.gpus = options.gpus;
    HONE_ASSIGN_OR_RETURN(runner_, ProcessRunner::Make(std::move(runner_options), *loop_, clock_));
    HONE_ASSIGN_OR_RETURN(wakes_, WakeQueue::Make());
    const auto wake = [this](const ExperimentKey& key) {
      wakes_->Push(key);
    };
    searches_ = std::make_unique<suggestion::SearchArena>(SearchThreads());
    suggester_ = suggestion::MakeServiceSuggester(
        store,
        options.services,
        suggestion::MakeBackgroundSuggester(
            store, clock_, [this](auto task) { searches_->Run(std::move(task)); }, wake),
        wake,
        options.warn);
    HONE_ASSIGN_OR_RETURN(const std::uint64_t epoch, store.AcquireEpoch());
    controller_ = Controller::Make({store, *runner_, *suggester_, clock_}, epoch, since);
    runner_->Connect(
        *controller_, [this](const ExperimentKey& key) { controller_->Wake(key); }, options.warn);
    HONE_RETURN_IF_ERROR(loop_->Add(wakes_->fd(), [this] {
      for (const ExperimentKey& key : wakes_->Take()) {
        controller_->Wake(key);
      }
    }));
    HONE_ASSIGN_OR_RETURN(orphans_ended_, runner_->EndOrphans(kOrphanGrace));
    if (const Status files = FinishDeletionsOf(store, options.paths.trials); !files) {
      options.warn(files.error().message);
    }
    return {};
  }

  SystemClock clock_;
  /// Before everything that has threads.
  std::unique_ptr<SignalQueue> signals_;
  LockedStore opened_;
  std::filesystem::path database_;
  /// The identity of that file when it was opened.
  std::string file_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<WakeQueue> wakes_;
  std::unique_ptr<suggestion::Suggester> suggester_;
  /// It ends before the suggester, whose tasks it runs.
  std::unique_ptr<suggestion::SearchArena> searches_;
  std::unique_ptr<ProcessRunner> runner_;
  std::unique_ptr<Controller> controller_;
  std::vector<Signal> arrived_;
  std::size_t orphans_ended_ = 0;
};

Result<std::unique_ptr<World>> OpenWorld(const WorldOptions& options) {
  auto world = std::make_unique<EmbeddedWorld>();
  HONE_RETURN_IF_ERROR(world->Open(options));
  return world;
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
  factory.open_world = OpenWorld;
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
