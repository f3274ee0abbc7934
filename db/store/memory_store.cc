#include "db/store/memory_store.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "db/store/rejections.h"

namespace hone::db {
namespace {

struct StoredTrial {
  Trial trial;
  /// Sequence of the event of its last change.
  std::uint64_t last_event = 0;
};

struct StoredExperiment {
  Experiment experiment;
  std::int64_t event_count = 0;
  /// Ordinal n stands at n - 1.
  std::vector<StoredTrial> trials;
  std::map<AttemptId, std::map<std::uint64_t, Observation>> observations;
};

bool Matches(const TrialQuery& query, const StoredTrial& stored) {
  return stored.trial.ordinal > query.after_ordinal && stored.last_event > query.changed_since &&
         (query.states.empty() ||
          std::find(query.states.begin(), query.states.end(), stored.trial.state) !=
              query.states.end());
}

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(const Clock& clock) : clock_(clock) {}

  Result<Experiment> CreateExperiment(const Experiment& experiment) override {
    const std::scoped_lock lock(mutex_);
    const auto [place, is_new] = experiments_.try_emplace(experiment.key);
    if (!is_new) {
      return ExperimentExists(experiment.key);
    }
    StoredExperiment& stored = place->second;
    stored.experiment = experiment;
    stored.experiment.version = 1;
    stored.experiment.generation = 1;
    AddExperimentEvent(stored);
    return stored.experiment;
  }

  Result<Experiment> GetExperiment(const ExperimentKey& key) override {
    const std::scoped_lock lock(mutex_);
    const auto place = experiments_.find(key);
    if (place == experiments_.end()) {
      return NoSuchExperiment(key);
    }
    return place->second.experiment;
  }

  Result<std::vector<Experiment>> ListExperiments(const std::string& ns) override {
    const std::scoped_lock lock(mutex_);
    std::vector<Experiment> found;
    for (const auto& [key, stored] : experiments_) {
      if (ns.empty() || key.ns == ns) {
        found.push_back(stored.experiment);
      }
    }
    return found;
  }

  Result<Experiment> UpdateSpec(const Experiment& experiment) override {
    const std::scoped_lock lock(mutex_);
    HONE_ASSIGN_OR_RETURN(StoredExperiment* const place, Find(experiment));
    Experiment& stored = place->experiment;
    stored.generation += stored.spec == experiment.spec ? 0 : 1;
    stored.version += 1;
    stored.spec = experiment.spec;
    stored.labels = experiment.labels;
    stored.annotations = experiment.annotations;
    return stored;
  }

  Status DeleteExperiment(const ExperimentKey& key) override {
    const std::scoped_lock lock(mutex_);
    if (experiments_.erase(key) == 0) {
      return NoSuchExperiment(key);
    }
    std::erase_if(events_, [&](const Event& event) { return event.experiment == key; });
    return {};
  }

  Result<std::uint64_t> AcquireEpoch() override {
    const std::scoped_lock lock(mutex_);
    return ++epoch_;
  }

  Status Commit(Transition& transition) override {
    const std::scoped_lock lock(mutex_);
    HONE_RETURN_IF_ERROR(CheckTransition(transition));
    if (transition.epoch != epoch_) {
      return Deposed(transition.experiment.key, transition.epoch);
    }
    HONE_ASSIGN_OR_RETURN(StoredExperiment* const stored, Find(transition.experiment));
    HONE_RETURN_IF_ERROR(CheckOrdinals(transition, stored->trials.size()));
    for (const Trial& trial : transition.updated) {
      const Trial& before = stored->trials[trial.ordinal - 1].trial;
      HONE_RETURN_IF_ERROR(CheckUpdate(trial, before.version, before.state));
    }
    Apply(transition, *stored);
    return {};
  }

  Result<std::vector<Trial>> ListTrials(const TrialQuery& query) override {
    const std::scoped_lock lock(mutex_);
    std::vector<Trial> found;
    const auto place = experiments_.find(query.experiment);
    if (place == experiments_.end()) {
      return found;
    }
    const std::vector<StoredTrial>& trials = place->second.trials;
    for (std::size_t i = 0; i < trials.size() && found.size() < query.limit; ++i) {
      const StoredTrial& stored = trials[query.descending ? trials.size() - 1 - i : i];
      if (Matches(query, stored)) {
        found.push_back(stored.trial);
      }
    }
    return found;
  }

  Result<std::vector<Observation>> ListObservations(const ObservationQuery& query) override {
    const std::scoped_lock lock(mutex_);
    std::vector<Observation> found;
    const auto place = experiments_.find(query.attempt.experiment);
    if (place == experiments_.end()) {
      return found;
    }
    const auto attempt = place->second.observations.find(query.attempt);
    if (attempt == place->second.observations.end()) {
      return found;
    }
    const std::map<std::uint64_t, Observation>& rows = attempt->second;
    for (auto row = rows.upper_bound(query.after_sequence);
         row != rows.end() && found.size() < query.limit;
         ++row) {
      if (query.metric.empty() || row->second.metric == query.metric) {
        found.push_back(row->second);
      }
    }
    return found;
  }

  Result<std::vector<Event>> ChangesSince(std::uint64_t cursor, std::size_t limit) override {
    const std::scoped_lock lock(mutex_);
    const auto first =
        std::partition_point(events_.begin(), events_.end(), [&](const Event& event) {
          return event.sequence <= cursor;
        });
    const auto count = std::min(limit, static_cast<std::size_t>(events_.end() - first));
    return std::vector<Event>(first, first + static_cast<std::ptrdiff_t>(count));
  }

  Status Sync() override { return {}; }

 private:
  /// The stored form of `read`, if that is still its version.
  Result<StoredExperiment*> Find(const Experiment& read) {
    const auto place = experiments_.find(read.key);
    if (place == experiments_.end()) {
      return NoSuchExperiment(read.key);
    }
    if (place->second.experiment.version != read.version) {
      return ExperimentMovedOn(read.key, read.version);
    }
    return &place->second;
  }

  void Apply(Transition& transition, StoredExperiment& stored) {
    for (Trial& trial : transition.created) {
      trial.version = 1;
      stored.trials.push_back({trial, AddTrialEvent(trial)});
    }
    for (Trial& trial : transition.updated) {
      trial.version += 1;
      StoredTrial& place = stored.trials[trial.ordinal - 1];
      Trial before = std::exchange(place.trial, trial);
      place.trial.assignments = std::move(before.assignments);
      place.trial.created = before.created;
      place.last_event = AddTrialEvent(trial);
    }
    for (const ObservationBatch& batch : transition.observations) {
      auto& rows = stored.observations[batch.attempt];
      for (const Observation& observation : batch.observations) {
        rows.try_emplace(observation.sequence, observation);
      }
    }
    stored.experiment.status = transition.experiment.status;
    transition.experiment.version = ++stored.experiment.version;
    if (transition.experiment_changed_state) {
      AddExperimentEvent(stored);
    }
  }

  std::uint64_t AddTrialEvent(const Trial& trial) {
    return AddEvent(
        {0, trial.experiment, trial.ordinal, trial.version, std::string(ToText(trial.state)), {}});
  }

  void AddExperimentEvent(StoredExperiment& stored) {
    const Experiment& experiment = stored.experiment;
    AddEvent(
        {0, experiment.key, 0, ++stored.event_count, std::string(NewestCondition(experiment)), {}});
  }

  std::uint64_t AddEvent(Event event) {
    event.sequence = ++last_event_;
    event.time = clock_.Now();
    events_.push_back(std::move(event));
    return last_event_;
  }

  const Clock& clock_;
  std::mutex mutex_;
  std::map<ExperimentKey, StoredExperiment> experiments_;
  std::vector<Event> events_;
  std::uint64_t last_event_ = 0;
  std::uint64_t epoch_ = 0;
};

}  // namespace

std::unique_ptr<Store> MakeMemoryStore(const Clock& clock) {
  return std::make_unique<MemoryStore>(clock);
}

}  // namespace hone::db
