// ForwardingStore: a Store that forwards every call to another one. Tests override single methods.
#pragma once

#include "db/store/store.h"
#include "db/store/transition.h"
#include "proto/model/experiment.h"

namespace hone::db {

class ForwardingStore : public Store {
 public:
  explicit ForwardingStore(Store& store) : store_(store) {}

  Result<Experiment> CreateExperiment(const Experiment& experiment) override {
    return store_.CreateExperiment(experiment);
  }
  Result<Experiment> GetExperiment(const ExperimentKey& key) override {
    return store_.GetExperiment(key);
  }
  Result<std::vector<Experiment>> ListExperiments(const std::string& ns,
                                                  const ExperimentKey& after,
                                                  std::size_t limit) override {
    return store_.ListExperiments(ns, after, limit);
  }
  Result<Experiment> UpdateSpec(const Experiment& experiment) override {
    return store_.UpdateSpec(experiment);
  }
  Status DeleteExperiment(const ExperimentKey& key) override {
    return store_.DeleteExperiment(key);
  }
  Result<std::uint64_t> AcquireEpoch() override { return store_.AcquireEpoch(); }
  Status Commit(Transition& transition) override { return store_.Commit(transition); }
  Result<std::vector<Trial>> ListTrials(const TrialQuery& query) override {
    return store_.ListTrials(query);
  }
  Result<std::vector<Observation>> ListObservations(const ObservationQuery& query) override {
    return store_.ListObservations(query);
  }
  Result<std::vector<Change>> ChangesSince(std::uint64_t cursor, std::size_t limit) override {
    return store_.ChangesSince(cursor, limit);
  }
  Result<std::uint64_t> NewestChange() override { return store_.NewestChange(); }
  Result<bool> WaitForChange(std::uint64_t cursor,
                             std::chrono::steady_clock::time_point deadline) override {
    return store_.WaitForChange(cursor, deadline);
  }
  void EndWaits() override { store_.EndWaits(); }
  Status Sync() override { return store_.Sync(); }

 private:
  Store& store_;
};

}  // namespace hone::db
