// FaultyStore: a Store whose writes go wrong by seed, in every way in which a real one can: refused
// before anything happened, done although it said that it failed, and the process dying just before
// or just after. Once it has "crashed", nothing gets through until Revive. Not thread-safe.
#pragma once

#include <cstdint>
#include <random>

#include "db/store/store.h"

namespace hone::controller {

/// Chances in a thousand, a write.
struct StoreFaults {
  unsigned unavailable = 20;
  unsigned done_but_unavailable = 20;
  unsigned crash_before = 10;
  unsigned crash_after = 10;
};

class FaultyStore final : public db::Store {
 public:
  FaultyStore(db::Store& real, std::uint64_t seed, StoreFaults faults)
      : real_(real), random_(seed), faults_(faults) {}

  [[nodiscard]] bool crashed() const { return crashed_; }
  void Revive() { crashed_ = false; }
  void StopFaults() { faults_ = {0, 0, 0, 0}; }
  void SetFaults(StoreFaults faults) { faults_ = faults; }

  Result<Experiment> CreateExperiment(const Experiment& experiment) override {
    return real_.CreateExperiment(experiment);
  }
  Result<Experiment> GetExperiment(const ExperimentKey& key) override {
    return real_.GetExperiment(key);
  }
  Result<std::vector<Experiment>> ListExperiments(const std::string& ns,
                                                  const ExperimentKey& after,
                                                  std::size_t limit) override {
    return real_.ListExperiments(ns, after, limit);
  }
  Result<Experiment> UpdateSpec(const Experiment& experiment) override {
    return real_.UpdateSpec(experiment);
  }
  Status DeleteExperiment(const ExperimentKey& key) override { return real_.DeleteExperiment(key); }
  Result<std::uint64_t> AcquireEpoch() override { return real_.AcquireEpoch(); }
  Status Commit(db::Transition& transition) override;
  Result<std::vector<Trial>> ListTrials(const db::TrialQuery& query) override {
    return real_.ListTrials(query);
  }
  Result<std::vector<Observation>> ListObservations(const db::ObservationQuery& query) override {
    return real_.ListObservations(query);
  }
  Result<std::vector<db::Change>> ChangesSince(std::uint64_t cursor, std::size_t limit) override {
    return real_.ChangesSince(cursor, limit);
  }
  Result<std::uint64_t> NewestChange() override { return real_.NewestChange(); }
  Result<bool> WaitForChange(std::uint64_t cursor,
                             std::chrono::steady_clock::time_point deadline) override {
    return real_.WaitForChange(cursor, deadline);
  }
  void EndWaits() override { real_.EndWaits(); }
  Status Sync() override { return real_.Sync(); }

 private:
  bool Chance(unsigned per_mille) { return random_() % 1000 < per_mille; }

  db::Store& real_;
  std::mt19937_64 random_;
  StoreFaults faults_;
  bool crashed_ = false;
};

inline Status FaultyStore::Commit(db::Transition& transition) {
  if (crashed_ || Chance(faults_.crash_before)) {
    crashed_ = true;
    return Fail(Code::kCancelled, "the process has died before the commit");
  }
  if (Chance(faults_.unavailable)) {
    return Fail(Code::kUnavailable, "the store is busy");
  }
  if (Chance(faults_.done_but_unavailable)) {
    db::Transition lost = transition;
    HONE_RETURN_IF_ERROR(real_.Commit(lost));
    return Fail(Code::kUnavailable, "the answer of the store was lost");
  }
  if (Chance(faults_.crash_after)) {
    db::Transition lost = transition;
    HONE_RETURN_IF_ERROR(real_.Commit(lost));
    crashed_ = true;
    return Fail(Code::kCancelled, "the process has died after the commit");
  }
  return real_.Commit(transition);
}

}  // namespace hone::controller
