// What the commands need of the machine they run on, made by the composition root
// (controller/main). The commands themselves know no database and no process.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controller/decide/decide.h"
#include "controller/reconcile/slot_ledger.h"
#include "db/store/examination.h"
#include "db/store/store.h"
#include "proto/core/result.h"
#include "proto/model/address.h"
#include "proto/model/algorithm_service.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// The folder in the environment variable `name`, which XDG ignores unless it is absolute, else
/// `fallback` below the home folder.
Result<std::filesystem::path> XdgFolder(const char* name, const std::filesystem::path& fallback);

/// Where the state of one store lies.
struct StorePaths {
  std::filesystem::path database;
  /// Logs and volumes of trials.
  std::filesystem::path trials;
  /// Of a database server, in place of the file: "postgresql://user:password@host/name". Empty for
  /// a file.
  std::string url{};
  /// What people are told of it: the file, or the URL without what is secret in it.
  [[nodiscard]] std::string Name() const;
  /// --store URL; --store FILE: FILE and FILE.trials; else $XDG_DATA_HOME/hone/hone.db and
  /// $XDG_STATE_HOME/hone/trials, with the standard's defaults. Links are followed: two names of
  /// one store are one store.
  static Result<StorePaths> Resolve(const std::optional<std::string>& store_flag);
};

struct HostOptions {
  StorePaths paths;
  /// The command line, which is told to other commands that find the store locked.
  std::string command;
  /// Algorithms that are not Hone's.
  AlgorithmServices services;
  /// Wait() also returns when something in the store has changed.
  bool follows_store = false;
  /// Told what a person should read, on the thread that calls Wait().
  std::function<void(const std::string&)> warn;
};

/// Where the files of one trial lie, once there are any.
struct TrialFiles {
  /// The folder of its volumes.
  std::filesystem::path volumes;
  std::filesystem::path log;
  /// What it saved for those that go on from it.
  std::filesystem::path checkpoint;
  /// Where it ran.
  std::filesystem::path work;
};

/// What a command asks of the hone that controls an experiment for it.
struct ControlRequest {
  ExperimentKey key;
  /// Trials that failed, or ended without their metric, run again first.
  bool retries_failed = false;
};

/// How the control of an experiment ended.
struct ControlEnd {
  /// Nothing: it has come to rest, which its status tells more of.
  std::optional<Error> error;
  SlotTimes slots;
};

/// Host: the hone that controls experiments of one store for a command. It is this process, which
/// then holds the store's lock, or the process that holds it already. Used by one thread.
class Host {
 public:
  enum class Signal { kInterrupt, kTerminate };
  struct News {
    std::vector<Signal> signals;
    /// Told once for each Control().
    std::optional<ControlEnd> end;
    /// The process that was joined has ended: another Host has to be opened.
    bool is_lost = false;
  };
  virtual ~Host() = default;
  virtual db::Store& store() = 0;
  /// Processes of an earlier run that were ended when the host was opened.
  [[nodiscard]] virtual std::size_t orphans_ended() const = 0;
  /// In words, the process that was joined; nothing if it is this one.
  [[nodiscard]] virtual std::optional<std::string> joined() const = 0;
  /// Begins to control an experiment of the store. Returns how many trials run again.
  [[nodiscard]] virtual Result<std::size_t> Control(const ControlRequest& request) = 0;
  /// How much of the experiment may go on. A process that was joined is asked by spec.suspend: it
  /// takes every mode but kRun for a stop.
  [[nodiscard]] virtual Status SetMode(const ExperimentKey& key, RunMode mode) = 0;
  /// Waits for news, at most until `deadline`.
  virtual News Wait(std::optional<Time> deadline) = 0;
  /// Running trials of the other experiments that this process controls for other commands. From
  /// the first call on it starts no more of them, and is over when there is none.
  [[nodiscard]] virtual std::size_t FinishOthers(RunMode mode) = 0;
};

/// Where and to whom a server answers; what each means stands with the flag of its name.
struct ListenOptions {
  /// None: where the command listens by itself.
  std::vector<Address> listen;
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::filesystem::path client_ca;
  std::filesystem::path tokens;
  bool is_insecure = false;
};

/// Told the addresses of a server once calls are answered.
using Listens = std::function<void(const std::vector<std::string>& addresses)>;

struct SuggestionOptions {
  ListenOptions at;
  std::optional<std::string> db_manager;
  std::filesystem::path checkpoints;
  std::filesystem::path service_account;
};

struct ServeOptions {
  ListenOptions at;
  StorePaths paths;
  /// The command line, for whoever finds the store locked.
  std::string command;
  AlgorithmServices services;
  std::optional<std::string> db_manager;
  /// Told what a person should read while it serves, from any thread.
  std::function<void(const std::string&)> warn;
};

/// Which experiments of a store are being controlled.
struct Controlled {
  /// All that have something to do.
  bool is_all = false;
  std::set<ExperimentKey> keys;
  [[nodiscard]] bool Has(const Experiment& experiment) const;
};

/// How commands open what they need.
struct WorldFactory {
  std::function<Result<std::unique_ptr<Host>>(const HostOptions&)> open_host;
  /// For commands that only read, or write one thing (stop, delete), beside a running hone.
  std::function<Result<std::unique_ptr<db::Store>>(const StorePaths&, bool writable)> open_store;
  /// Copies the store as it is now to a new file, beside whoever writes it.
  std::function<Result<db::StoreContents>(const StorePaths&, const std::filesystem::path& to)>
      back_up_store;
  /// Reads all of the store.
  std::function<Result<db::StoreExamination>(const StorePaths&)> examine_store;
  /// The process that controls the store now, in words ("pid 4711 (hone run x.yaml) since 12:00").
  std::function<std::optional<std::string>(const StorePaths&)> holder;
  /// What that process controls; nothing if there is none.
  std::function<Controlled(const StorePaths&)> controlled;
  std::function<TrialFiles(const StorePaths&, const ExperimentKey&, const std::string& trial_name)>
      trial_files;
  /// Deleting an experiment: its files are marked to go, its rows are deleted, and then the files
  /// of all that are marked and have no rows, which may be a deletion that was cut off.
  std::function<Status(const StorePaths&, const Experiment&)> begin_deletion;
  std::function<Status(const StorePaths&, db::Store&)> finish_deletions;
  /// Serves the algorithms until a signal asks for the end.
  std::function<Status(const SuggestionOptions&, const Listens&)> serve_suggestions;
  /// Serves a store, which is made if there is none, and the algorithms, in the same way.
  std::function<Status(const ServeOptions&, const Listens&)> serve_store;
};

/// Runs one command line; returns the exit code.
int RunCommandLine(int argc, const char* const* argv, const WorldFactory& factory);

}  // namespace hone::controller
