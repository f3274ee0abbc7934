#include "controller/cli/query.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "controller/cli/failures.h"
#include "controller/cli/names.h"
#include "db/store/find_trial.h"
#include "proto/model/field_error.h"

namespace hone::controller {
namespace {

constexpr int kUpdatesMax = 8;
/// The most files that are named; if there are more, only their folder is.
constexpr std::size_t kFilesNamedMax = 5;

std::string WhereText(const Session& session) {
  return (session.ns ? " in namespace " + *session.ns + " of " : " in ") + session.paths.Name();
}

tl::unexpected<Error> NoExperiment(const Session& session,
                                   db::Store& store,
                                   const std::string& name) {
  std::vector<std::string> names;
  HONE_RETURN_IF_ERROR(
      ForEachExperiment(store, session.ns.value_or(""), "", [&](const Experiment& experiment) {
        names.push_back(experiment.key.name);
        return true;
      }));
  return Fail(
      Code::kNotFound,
      "there is no experiment \"" + name + "\"" + WhereText(session) + SpellingHint(name, names));
}

/// The files below `folder`, or the folder itself if there are many.
std::vector<std::string> FilesIn(const std::filesystem::path& folder) {
  std::vector<std::string> files;
  std::error_code error;
  const std::filesystem::recursive_directory_iterator end;
  for (std::filesystem::recursive_directory_iterator entry(folder, error);
       !error && entry != end && files.size() <= kFilesNamedMax;
       entry.increment(error)) {
    if (!entry->is_directory(error)) {
      files.push_back(entry->path().string());
    }
  }
  if (files.size() > kFilesNamedMax) {
    files = {folder.string()};
  }
  std::sort(files.begin(), files.end());
  return files;
}

// A key before all names that begin with `prefix`, and after all lesser names: no name has the byte
// 0x7F.
ExperimentKey BeforeNames(const std::string& ns, std::string prefix) {
  if (!prefix.empty()) {
    prefix.back() = static_cast<char>(prefix.back() - 1);
    prefix += '\x7F';
  }
  return {ns, prefix};
}
// A key after all names of the namespace.
ExperimentKey BehindNames(const std::string& ns) {
  return {ns, "\x7F"};
}
// The key after which to continue if the name of `key` does not begin with `prefix`.
ExperimentKey PastNamesUnlike(const std::string& prefix, const ExperimentKey& key) {
  const ExperimentKey next = key.name > prefix ? BehindNames(key.ns) : BeforeNames(key.ns, prefix);
  return std::max(key, next);
}

// The only experiment of that name in all namespaces; an error if there are several.
Result<Experiment> FindAnywhere(const Session& session, db::Store& store, const std::string& name) {
  std::string namespaces;
  std::optional<Experiment> found;
  HONE_RETURN_IF_ERROR(ForEachExperiment(store, "", name, [&](Experiment& experiment) {
    if (experiment.key.name == name) {
      namespaces += (found ? ", " : "") + experiment.key.ns;
      found = std::move(experiment);
    }
    return true;
  }));
  if (!found) {
    return NoExperiment(session, store, name);
  }
  if (namespaces != found->key.ns) {
    return Fail(Code::kInvalidArgument,
                "there is an experiment \"" + name + "\" in several namespaces (" + namespaces +
                    "); say which with --namespace");
  }
  return std::move(*found);
}

}  // namespace

Result<std::unique_ptr<db::Store>> OpenStore(const Session& session, bool is_writable) {
  return session.factory.open_store(session.paths, is_writable);
}

Result<Experiment> FindExperiment(const Session& session,
                                  db::Store& store,
                                  const std::string& name) {
  Result<Experiment> found = store.GetExperiment({session.ns.value_or("default"), name});
  if (found || found.error().code != Code::kNotFound) {
    return found;
  }
  if (!session.ns) {
    return FindAnywhere(session, store, name);
  }
  return NoExperiment(session, store, name);
}

Result<Experiment> FindOrNewest(const Session& session,
                                db::Store& store,
                                const std::optional<std::string>& name) {
  if (name) {
    return FindExperiment(session, store, *name);
  }
  std::optional<Experiment> newest;
  std::size_t count = 0;
  HONE_RETURN_IF_ERROR(
      ForEachExperiment(store, session.ns.value_or(""), "", [&](Experiment& experiment) {
        ++count;
        if (!newest || newest->created < experiment.created) {
          newest = std::move(experiment);
        }
        return true;
      }));
  if (!newest) {
    return Fail(
        Code::kNotFound,
        "there is no experiment" + WhereText(session) + "; `hone run --help` shows how to begin");
  }
  if (count > 1) {
    session.output.Note("of " + newest->key.name + ", the newest of " + std::to_string(count) +
                        " experiments");
  }
  return std::move(*newest);
}

Status ForEachExperiment(db::Store& store,
                         const std::string& ns,
                         const std::string& prefix,
                         const std::function<bool(Experiment&)>& visit) {
  ExperimentKey after = ns.empty() ? ExperimentKey{"", ""} : BeforeNames(ns, prefix);
  // Ends, since every turn continues after a greater key.
  while (true) {
    HONE_ASSIGN_OR_RETURN(std::vector<Experiment> page,
                          store.ListExperiments(ns, after, kPageExperiments));
    bool is_end = page.size() < kPageExperiments;
    for (Experiment& experiment : page) {
      after = experiment.key;
      if (!after.name.starts_with(prefix)) {
        is_end = after.name > prefix && !ns.empty();
        after = PastNamesUnlike(prefix, after);
        break;
      }
      if (!visit(experiment)) {
        return {};
      }
    }
    if (is_end) {
      return {};
    }
  }
}

Result<Experiment> UpdateSpec(db::Store& store,
                              const ExperimentKey& key,
                              const std::function<void(Experiment&)>& change) {
  for (int attempt = 1;; ++attempt) {
    HONE_ASSIGN_OR_RETURN(Experiment experiment, store.GetExperiment(key));
    change(experiment);
    Result<Experiment> updated = store.UpdateSpec(experiment);
    if (updated || updated.error().code != Code::kAborted || attempt == kUpdatesMax) {
      return updated;
    }
  }
}

Result<std::optional<Trial>> GetBestTrial(db::Store& store, const Experiment& experiment) {
  return db::FindTrial(
      store, experiment.key, experiment.status.optimal ? experiment.status.optimal->ordinal : 0);
}

std::vector<std::string> FilesOf(const Session& session, const Trial& trial) {
  const TrialFiles places =
      session.factory.trial_files(session.paths, trial.experiment, trial.name());
  std::vector<std::string> files = FilesIn(places.work);
  const std::vector<std::string> in_volumes = FilesIn(places.volumes);
  files.insert(files.end(), in_volumes.begin(), in_volumes.end());
  if (const auto log = LogOf(session, trial.experiment, trial.name())) {
    files.push_back(*log);
  }
  return files;
}

std::optional<std::string> LogOf(const Session& session,
                                 const ExperimentKey& key,
                                 const std::string& trial) {
  const std::filesystem::path log = session.factory.trial_files(session.paths, key, trial).log;
  std::error_code error;
  return std::filesystem::exists(log, error) ? std::optional(log.string()) : std::nullopt;
}

Status FillMetrics(db::Store& store, const Experiment& experiment, Trial& trial) {
  if (trial.state != TrialState::kRunning || !experiment.spec.objective) {
    return {};
  }
  ObservationFold fold(*experiment.spec.objective);
  db::ObservationQuery query{
      .attempt = trial.attempt_id(), .metric = "", .limit = kPageObservations};
  while (true) {
    HONE_ASSIGN_OR_RETURN(const std::vector<Observation> page, store.ListObservations(query));
    fold.Add(page);
    if (page.size() < kPageObservations) {
      trial.metrics = fold.summaries();
      return {};
    }
    query.after_sequence = page.back().sequence;
  }
}

Result<FoundTrial> FindTrialOrLast(const Session& session,
                                   db::Store& store,
                                   const std::optional<std::string>& name) {
  Result<Experiment> experiment = FindOrNewest(session, store, name);
  if (name) {
    Result<FoundTrial> named = FindTrial(session, store, *name);
    if (named || !experiment) {
      return named;
    }
  }
  HONE_RETURN_IF_ERROR(experiment);
  const auto last = static_cast<std::uint64_t>(experiment->status.counts.created);
  HONE_ASSIGN_OR_RETURN(std::optional<Trial> trial, db::FindTrial(store, experiment->key, last));
  if (!trial) {
    return Fail(Code::kNotFound, "experiment " + experiment->key.name + " has no trials yet");
  }
  session.output.Note("of " + trial->name() + ", the last of " + std::to_string(last) + " trials");
  return FoundTrial{*std::move(experiment), *std::move(trial)};
}

Result<FoundTrial> FindTrial(const Session& session, db::Store& store, const std::string& name) {
  const std::optional<TrialKey> key = ParseTrialName(session.ns.value_or("default"), name);
  if (!key) {
    return Fail(Code::kInvalidArgument,
                "\"" + name + "\" is not the name of a trial; they look like EXPERIMENT-17");
  }
  HONE_ASSIGN_OR_RETURN(Experiment experiment,
                        FindExperiment(session, store, key->experiment.name));
  HONE_ASSIGN_OR_RETURN(auto trial, db::FindTrial(store, experiment.key, key->ordinal));
  if (!trial) {
    return Fail(Code::kNotFound,
                "there is no trial \"" + name + "\"; " + experiment.key.name + " has " +
                    std::to_string(experiment.status.counts.created) + " trials");
  }
  return FoundTrial{std::move(experiment), std::move(*trial)};
}

Status ForEachTrial(db::Store& store,
                    db::TrialQuery query,
                    const std::function<bool(Trial&)>& visit) {
  std::size_t left = query.limit;
  while (left > 0) {
    query.limit = std::min(left, kPageTrials);
    HONE_ASSIGN_OR_RETURN(std::vector<Trial> page, store.ListTrials(query));
    for (Trial& trial : page) {
      if (!visit(trial)) {
        return {};
      }
    }
    if (page.size() < query.limit) {
      return {};
    }
    left -= page.size();
    query.after_ordinal = page.back().ordinal;
  }
  return {};
}

bool Controlled::Has(const Experiment& experiment) const {
  const bool rests = experiment.status.IsCompleted() ||
                     (experiment.spec.suspend && experiment.status.counts.running == 0);
  return keys.contains(experiment.key) || (is_all && !rests);
}

bool IsControlled(const Session& session, const Experiment& experiment) {
  return session.factory.controlled(session.paths).Has(experiment);
}

std::string StatusWord(const Experiment& experiment, bool is_controlled) {
  if (experiment.status.Is(ConditionType::kFailed)) {
    return "Failed";
  }
  if (experiment.status.Is(ConditionType::kSucceeded)) {
    return EndedWithoutResult(experiment) ? "NoResult" : "Succeeded";
  }
  if (experiment.spec.suspend) {
    return is_controlled && experiment.status.counts.running > 0 ? "Stopping" : "Suspended";
  }
  return is_controlled ? "Running" : "Interrupted";
}

Color ColorOfStatus(const std::string& word) {
  if (word == "Failed" || word == "NoResult") {
    return Color::kRed;
  }
  if (word == "Succeeded") {
    return Color::kGreen;
  }
  return word == "Running" ? Color::kCyan : Color::kYellow;
}

std::string ProgramWords(const Session& session) {
  std::string words = "hone";
  const Result<StorePaths> standard = StorePaths::Resolve(std::nullopt);
  if (!standard || standard->database != session.paths.database) {
    words += " --store " + session.paths.Name();
  }
  return session.ns ? words + " --namespace " + *session.ns : words;
}

}  // namespace hone::controller
