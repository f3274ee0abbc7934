// Query: what the reading commands ask of the store, in pages of bounded size, and how they name
// what they found. Called by one command at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/cli/command.h"
#include "db/store/store.h"
#include "proto/model/experiment.h"

namespace hone::controller {

/// Experiments read at once.
inline constexpr std::size_t kPageExperiments = 100;
/// Trials read at once.
inline constexpr std::size_t kPageTrials = 1000;
/// Observations read at once.
inline constexpr std::size_t kPageObservations = 10000;

/// Opens the store beside whoever controls it.
Result<std::unique_ptr<db::Store>> OpenStore(const Session& session, bool is_writable = false);

/// kNotFound names experiments of a like name.
Result<Experiment> FindExperiment(const Session& session,
                                  db::Store& store,
                                  const std::string& name);

/// The experiment called `name`; the newest if nothing is given.
Result<Experiment> FindOrNewest(const Session& session,
                                db::Store& store,
                                const std::optional<std::string>& name);

/// Calls `visit` for every experiment whose name begins with `prefix`, in order of key and page by
/// page, until it returns false. `ns` empty means all namespaces. Reads what begins with the prefix
/// and at most two pages more for each namespace.
Status ForEachExperiment(db::Store& store,
                         const std::string& ns,
                         const std::string& prefix,
                         const std::function<bool(Experiment&)>& visit);

/// Changes the spec of an experiment by `change`, again if somebody else changed it meanwhile.
Result<Experiment> UpdateSpec(db::Store& store,
                              const ExperimentKey& key,
                              const std::function<void(Experiment&)>& change);

struct FoundTrial {
  Experiment experiment;
  Trial trial;
};
Result<FoundTrial> FindTrial(const Session& session, db::Store& store, const std::string& name);
/// The trial called `name`; the last of an experiment of that name, or of the newest one.
Result<FoundTrial> FindTrialOrLast(const Session& session,
                                   db::Store& store,
                                   const std::optional<std::string>& name);

/// The best trial so far.
Result<std::optional<Trial>> GetBestTrial(db::Store& store, const Experiment& experiment);

/// What a trial left behind: the files of its volumes (their folder, if they are many), its log.
std::vector<std::string> FilesOf(const Session& session, const Trial& trial);

/// The path of a trial's log; nothing if it has printed nothing.
std::optional<std::string> LogOf(const Session& session,
                                 const ExperimentKey& key,
                                 const std::string& trial);

/// Gives a running trial the metrics that it has reported so far, summed up; a trial that has ended
/// has its own.
Status FillMetrics(db::Store& store, const Experiment& experiment, Trial& trial);

/// Calls `visit` for every trial of `query`, page by page, until it returns false. It may change
/// the trial, which is a copy of the stored one.
Status ForEachTrial(db::Store& store,
                    db::TrialQuery query,
                    const std::function<bool(Trial&)>& visit);

/// True if a running hone controls this experiment now, or serves it to its clients.
bool IsControlled(const Session& session, const Experiment& experiment);

/// One word for a person: Running, Interrupted, Stopping, Suspended, Succeeded, NoResult (it has
/// ended, and no trial has a value), Failed.
std::string StatusWord(const Experiment& experiment, bool is_controlled);
Color ColorOfStatus(const std::string& word);

/// "hone" with the global flags that a follow-up command needs to find the same store.
std::string ProgramWords(const Session& session);

}  // namespace hone::controller
