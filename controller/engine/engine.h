// Engine: everything that runs experiments in this process, on one store: its lock, the controller
// on a thread of its own, the processes of trials, the searches beside it, and the socket by which
// other commands of the same user have their experiments controlled here.
//
// Made and ended on one thread; any thread may call its methods, which wait for the controller's
// thread. Ending it ends all trials.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/cli/world.h"
#include "db/sql/sql_store.h"
#include "suggestion/suggester.h"

namespace hone::controller {

/// The environment in which an experiment's trials run: "NAME=value" each. Nothing: this process's.
using TrialEnvironment = std::optional<std::vector<std::string>>;

struct EngineOptions {
  StorePaths paths;
  /// The command line, which is told to other commands that find the store locked.
  std::string command;
  /// Algorithms that are not Hone's.
  AlgorithmServices services;
  /// It controls every experiment of the store, and not only those that commands ask it to.
  bool controls_all = false;
  /// Told what a person should read, on any thread.
  std::function<void(const std::string&)> warn;
  /// An experiment, or any if none is named, was created, changed or deleted; called on the
  /// controller's thread.
  std::function<void(const std::optional<ExperimentKey>&)> on_spec;
  /// Something in the store has changed; called on the controller's thread, a bounded number of
  /// times a second.
  std::function<void()> on_change;
};

class Engine {
 public:
  /// kFailedPrecondition if another hone has the store.
  static Result<std::unique_ptr<Engine>> Start(EngineOptions options);
  virtual ~Engine() = default;

  [[nodiscard]] virtual db::SqlStore& store() = 0;
  /// Under which this process commits.
  [[nodiscard]] virtual std::uint64_t epoch() const = 0;
  /// Processes of an earlier run that were ended at the start.
  [[nodiscard]] virtual std::size_t orphans_ended() const = 0;

  /// Called once, on the controller's thread.
  using OnEnd = std::function<void(const ControlEnd&)>;
  struct Follower {
    /// For Abandon.
    std::uint64_t ticket = 0;
    std::size_t retried = 0;
  };
  /// Controls an experiment until it comes to rest, which `on_end` is told. kUnavailable once this
  /// process is about to end.
  [[nodiscard]] virtual Result<Follower> Control(const ControlRequest& request,
                                                 TrialEnvironment environment,
                                                 OnEnd on_end) = 0;
  virtual void SetMode(const ExperimentKey& key, RunMode mode) = 0;
  /// See Host::FinishOthers; `on_finished` is called once on the controller's thread when none is
  /// left.
  [[nodiscard]] virtual std::size_t FinishAll(RunMode mode, std::function<void()> on_finished) = 0;

  /// A suggester that answers beside the caller, from the searches that the controller's
  /// experiments use too. `wake` is called on any thread. The engine must outlive it.
  [[nodiscard]] virtual std::unique_ptr<suggestion::Suggester> MakeSuggester(
      suggestion::WakeExperiment wake) = 0;
};

}  // namespace hone::controller
