#include "db/store/memory_store.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "db/store/rejections.h"
#include "proto/model/mutex.h"

namespace hone::db {
namespace {

struct StoredExperiment {
  Experiment experiment;
  std::int64_t event_count = 0;
  /// Ordinal n stands at n - 1.
  std::vector<Trial> trials;
  std::map<AttemptId, std::map<std::uint64_t, Observation>> observations;
};

bool Matches(const TrialQuery& query, const Trial& trial) {
  return trial.ordinal > query.after_ordinal &&
         (query.states.empty() ||
          std::find(query.states.begin(), query.states.end(), trial.state) != query.states.end());
}

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(const Clock& clock) : clock_(clock) {}

  Result<Experiment> CreateExperiment(const Experiment& experiment) override {
    const MutexLock lock(mutex_);
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
    const MutexLock lock(mutex_);
    const auto place = experiments_.find(key);
    if (place == experiments_.end()) {
      return NoSuchExperiment(key);
    }
    return place->second.experiment;
  }

  Result<std::vector<Experiment>> ListExperiments(const std::string& ns,
                                                  const ExperimentKey& after,
                                                  std::size_t limit) override {
    const MutexLock lock(mutex_);
    std::vector<Experiment> found;
    for (auto place = experiments_.upper_bound(after);
         place != experiments_.end() && found.size() < limit;
         ++place) {
      if (ns.empty() || place->first.ns == ns) {
        found.push_back(place->second.experiment);
      }
    }
    return found;
  }

  Result<Experiment> UpdateSpec(const Experiment& experiment) override {
    const MutexLock lock(mutex_);
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
    const MutexLock lock(mutex_);
    if (experiments_.erase(key) == 0) {
      return NoSuchExperiment(key);
    }
    std::erase_if(events_, [&](const Event& event) { return event.experiment == key; });
    return {};
  }

  Result<std::uint64_t> AcquireEpoch() override {
    const MutexLock lock(mutex_);
    return ++epoch_;
  }

  Status Commit(Transition& transition) override {
    const MutexLock lock(mutex_);
    HONE_RETURN_IF_ERROR(CheckTransition(transition));
    if (transition.epoch != epoch_) {
      return Deposed(transition.experiment.key, transition.epoch);
    }
    HONE_ASSIGN_OR_RETURN(StoredExperiment* const stored, Find(transition.experiment));
    HONE_RETURN_IF_ERROR(CheckOrdinals(transition, stored->trials.size()));
    for (const Trial& trial : transition.updated) {
      const Trial& before = stored->trials[trial.ordinal - 1];
      HONE_RETURN_IF_ERROR(CheckUpdate(trial, before.version, before.state));
    }
    Apply(transition, *stored);
    return {};
  }

  Result<std::vector<Trial>> ListTrials(const TrialQuery& query) override {
    const MutexLock lock(mutex_);
    std::vector<Trial> found;
    const auto place = experiments_.find(query.experiment);
    if (place == experiments_.end()) {
      return found;
    }
    const std::vector<Trial>& trials = place->second.trials;
    std::vector<std::uint64_t> ordinals = Candidates(query, trials.size());
    if (query.descending) {
      std::reverse(ordinals.begin(), ordinals.end());
    }
    for (std::size_t i = 0; i < ordinals.size() && found.size() < query.limit; ++i) {
      const Trial& trial = trials[ordinals[i] - 1];
      if (Matches(query, trial)) {
        found.push_back(trial);
      }
    }
    return found;
  }

  Result<std::vector<Observation>> ListObservations(const ObservationQuery& query) override {
    const MutexLock lock(mutex_);
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
    const MutexLock lock(mutex_);
    const auto first = FirstAfter(cursor);
    const auto count = std::min(limit, static_cast<std::size_t>(events_.end() - first));
    return std::vector<Event>(first, first + static_cast<std::ptrdiff_t>(count));
  }

  Status Sync() override { return {}; }

 private:
  [[nodiscard]] std::vector<Event>::const_iterator FirstAfter(std::uint64_t cursor) const
      HONE_REQUIRES(mutex_) {
    return std::partition_point(events_.begin(), events_.end(), [&](const Event& event) {
      return event.sequence <= cursor;
    });
  }

  /// The ordinals of the trials, or of those that have changed, in order.
  [[nodiscard]] std::vector<std::uint64_t> Candidates(const TrialQuery& query,
                                                      std::size_t trials) const
      HONE_REQUIRES(mutex_) {
    std::vector<std::uint64_t> ordinals;
    if (query.changed_since == 0) {
      ordinals.resize(trials);
      std::iota(ordinals.begin(), ordinals.end(), 1U);
      return ordinals;
    }
    for (auto event = FirstAfter(query.changed_since); event != events_.end(); ++event) {
      if (event->experiment == query.experiment && event->ordinal > 0) {
        ordinals.push_back(event->ordinal);
      }
    }
    std::sort(ordinals.begin(), ordinals.end());
    ordinals.erase(std::unique(ordinals.begin(), ordinals.end()), ordinals.end());
    return ordinals;
  }

  /// The stored form of `read`, if that is still its version, and not another of its name.
  Result<StoredExperiment*> Find(const Experiment& read) HONE_REQUIRES(mutex_) {
    const auto place = experiments_.find(read.key);
    if (place == experiments_.end()) {
      return NoSuchExperiment(read.key);
    }
    const Experiment& stored = place->second.experiment;
    if (stored.version != read.version || stored.uid != read.uid) {
      return ExperimentMovedOn(read.key, read.version);
    }
    return &place->second;
  }

  void Apply(Transition& transition, StoredExperiment& stored) HONE_REQUIRES(mutex_) {
    for (Trial& trial : transition.created) {
      trial.version = 1;
      stored.trials.push_back(trial);
      AddTrialEvent(trial);
    }
    for (Trial& trial : transition.updated) {
      trial.version += 1;
      Trial& place = stored.trials[trial.ordinal - 1];
      Trial before = std::exchange(place, trial);
      place.assignments = std::move(before.assignments);
      place.parent = before.parent;
      place.labels = std::move(before.labels);
      place.created = before.created;
      AddTrialEvent(trial);
    }
    for (const ObservationBatch& batch : transition.observations) {
      auto& rows = stored.observations[batch.attempt];
      for (const Observation& observation : batch.observations) {
        rows.try_emplace(observation.sequence, observation);
      }
    }
    ExperimentStatus& status = stored.experiment.status;
    ExperimentStatus before = std::exchange(status, transition.experiment.status);
    transition.experiment.version = ++stored.experiment.version;
    if (transition.experiment_changed_state) {
      AddExperimentEvent(stored);
    } else {
      status.start_time = before.start_time;
      status.completion_time = before.completion_time;
      status.conditions = std::move(before.conditions);
    }
  }

  void AddTrialEvent(const Trial& trial) HONE_REQUIRES(mutex_) {
    AddEvent(
        {0, trial.experiment, trial.ordinal, trial.version, std::string(ToText(trial.state)), {}});
  }

  void AddExperimentEvent(StoredExperiment& stored) HONE_REQUIRES(mutex_) {
    const Experiment& experiment = stored.experiment;
    AddEvent(
        {0, experiment.key, 0, ++stored.event_count, std::string(NewestCondition(experiment)), {}});
  }

  void AddEvent(Event event) HONE_REQUIRES(mutex_) {
    event.sequence = ++last_event_;
    event.time = clock_.Now();
    events_.push_back(std::move(event));
  }

  const Clock& clock_;
  Mutex mutex_;
  std::map<ExperimentKey, StoredExperiment> experiments_ HONE_GUARDED_BY(mutex_);
  std::vector<Event> events_ HONE_GUARDED_BY(mutex_);
  std::uint64_t last_event_ HONE_GUARDED_BY(mutex_) = 0;
  std::uint64_t epoch_ HONE_GUARDED_BY(mutex_) = 0;
};

}  // namespace

std::unique_ptr<Store> MakeMemoryStore(const Clock& clock) {
  return std::make_unique<MemoryStore>(clock);
}

}  // namespace hone::db
