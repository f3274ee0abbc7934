// Query: the questions that commands ask the store, answered in pages of bounded size, and the
// texts that name the results. Used by one command at a time.
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

/// Opens the store, even while another process controls it.
Result<std::unique_ptr<db::Store>> OpenStore(const Session& session, bool is_writable = false);

/// Error: kNotFound, which names an experiment with a similar name.
Result<Experiment> FindExperiment(const Session& session,
                                  db::Store& store,
                                  const std::string& name);

/// The experiment called `name`; the newest one if no name is given.
Result<Experiment> FindOrNewest(const Session& session,
                                db::Store& store,
                                const std::optional<std::string>& name);

/// Calls `visit` for every experiment whose name begins with `prefix`, in order of key and page by
/// page, until it returns false. Empty `ns` means all namespaces. Reads the matching experiments
/// and at most two more pages for each namespace.
Status ForEachExperiment(db::Store& store,
                         const std::string& ns,
                         const std::string& prefix,
                         const std::function<bool(Experiment&)>& visit);

/// Changes the spec of an experiment by `change`; if another process changed the experiment
/// meanwhile, reads it again and retries.
Result<Experiment> UpdateSpec(db::Store& store,
                              const ExperimentKey& key,
                              const std::function<void(Experiment&)>& change);

struct FoundTrial {
  Experiment experiment;
  Trial trial;
};
Result<FoundTrial> FindTrial(const Session& session, db::Store& store, const std::string& name);
/// The trial called `name`; else the last trial of the experiment of that name; without a name, the
/// last trial of the newest experiment.
Result<FoundTrial> FindTrialOrLast(const Session& session,
                                   db::Store& store,
                                   const std::optional<std::string>& name);

/// The best trial so far.
Result<std::optional<Trial>> GetBestTrial(db::Store& store, const Experiment& experiment);

/// The files that a trial left: those of its volumes (only their folder, if they are many) and its
/// log.
std::vector<std::string> FilesOf(const Session& session, const Trial& trial);

/// The path of a trial's log; nothing if it has printed nothing.
std::optional<std::string> LogOf(const Session& session,
                                 const ExperimentKey& key,
                                 const std::string& trial);

/// Sets the metrics of a running trial to a summary of its observations so far; a trial that has
/// ended has its metrics already.
Status FillMetrics(db::Store& store, const Experiment& experiment, Trial& trial);

/// Calls `visit` for every trial of `query`, page by page, until it returns false. `visit` may
/// change the trial, which is a copy of the stored one.
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
