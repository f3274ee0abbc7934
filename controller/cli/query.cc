#include "controller/cli/query.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "controller/cli/failures.h"
#include "controller/cli/names.h"
#include "proto/model/field_error.h"

namespace hone::controller {
namespace {

constexpr int kUpdatesMax = 8;
/// Of more files only the folder is named.
constexpr std::size_t kFilesNamedMax = 5;

std::string WhereText(const Session& session) {
  return (session.ns ? " in namespace " + *session.ns + " of " : " in ") +
         session.paths.database.string();
}

tl::unexpected<Error> NoExperiment(const Session& session,
                                   const std::string& name,
                                   const std::vector<Experiment>& all) {
  std::vector<std::string> names;
  for (const Experiment& experiment : all) {
    names.push_back(experiment.key.name);
  }
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

// The one experiment of that name, whatever its namespace.
Result<Experiment> FindAnywhere(const Session& session, db::Store& store, const std::string& name) {
  HONE_ASSIGN_OR_RETURN(std::vector<Experiment> all, store.ListExperiments(""));
  std::string namespaces;
  const Experiment* found = nullptr;
  for (const Experiment& experiment : all) {
    if (experiment.key.name == name) {
      namespaces += (found == nullptr ? "" : ", ") + experiment.key.ns;
      found = &experiment;
    }
  }
  if (found == nullptr) {
    return NoExperiment(session, name, all);
  }
  if (namespaces != found->key.ns) {
    return Fail(Code::kInvalidArgument,
                "there is an experiment \"" + name + "\" in several namespaces (" + namespaces +
                    "); say which with --namespace");
  }
  return *found;
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
  HONE_ASSIGN_OR_RETURN(const auto all, store.ListExperiments(*session.ns));
  return NoExperiment(session, name, all);
}

Result<Experiment> FindOrNewest(const Session& session,
                                db::Store& store,
                                const std::optional<std::string>& name) {
  if (name) {
    return FindExperiment(session, store, *name);
  }
  HONE_ASSIGN_OR_RETURN(const auto all, store.ListExperiments(session.ns.value_or("")));
  const auto newest = std::max_element(
      all.begin(), all.end(), [](const auto& a, const auto& b) { return a.created < b.created; });
  if (newest == all.end()) {
    return Fail(
        Code::kNotFound,
        "there is no experiment" + WhereText(session) + "; `hone run --help` shows how to begin");
  }
  if (all.size() > 1) {
    session.output.Note("of " + newest->key.name + ", the newest of " + std::to_string(all.size()) +
                        " experiments");
  }
  return *newest;
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

Result<std::optional<Trial>> GetTrial(db::Store& store,
                                      const ExperimentKey& key,
                                      std::uint64_t ordinal) {
  if (ordinal == 0) {
    return std::optional<Trial>();
  }
  HONE_ASSIGN_OR_RETURN(
      auto trials,
      store.ListTrials(
          {.experiment = key, .states = {}, .after_ordinal = ordinal - 1, .limit = 1}));
  if (trials.empty() || trials.front().ordinal != ordinal) {
    return std::optional<Trial>();
  }
  return std::optional<Trial>(std::move(trials.front()));
}

Result<std::optional<Trial>> GetBestTrial(db::Store& store, const Experiment& experiment) {
  return GetTrial(
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
  HONE_ASSIGN_OR_RETURN(std::optional<Trial> trial, GetTrial(store, experiment->key, last));
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
  HONE_ASSIGN_OR_RETURN(auto trial, GetTrial(store, experiment.key, key->ordinal));
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

bool IsControlled(const Session& session, const Experiment& experiment) {
  const std::optional<std::string> holder = session.factory.holder(session.paths);
  const std::string tag = experiment.IsStudy() ? kStudiesTag : ControlTag(experiment.key);
  return holder && holder->find(tag) != std::string::npos;
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
    words += " --store " + session.paths.database.string();
  }
  return session.ns ? words + " --namespace " + *session.ns : words;
}

}  // namespace hone::controller
