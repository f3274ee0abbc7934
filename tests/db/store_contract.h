// The contract of every Store: a suite that has no idea which one it tests. An implementation is
// added to the list in store_contract_test.cc.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/store/store.h"
#include "tests/db/nouns.h"
#include "tests/temporary_folder.h"

namespace hone::db {

struct Implementation {
  std::string name;
  /// A new store that may keep files in the folder.
  std::function<std::unique_ptr<Store>(const std::filesystem::path& folder)> make;
};

inline void PrintTo(const Implementation& implementation, std::ostream* out) {
  *out << implementation.name;
}

/// One experiment and what happens to it: each call is one transition, expected to succeed.
class Story {
 public:
  explicit Story(Store& store, const std::string& name = "tune")
      : store_(store),
        epoch_(store.AcquireEpoch().value()),
        experiment_(store.CreateExperiment(AnExperiment(name)).value()) {}

  [[nodiscard]] Transition Next() const {
    Transition transition;
    transition.epoch = epoch_;
    transition.experiment = experiment_;
    return transition;
  }
  Transition Commit(Transition transition) {
    const Status status = store_.Commit(transition);
    EXPECT_TRUE(status) << status.error().message;
    experiment_ = transition.experiment;
    return transition;
  }
  Trial Create() {
    Transition transition = Next();
    transition.created = {ATrial(experiment_, ++ordinals_)};
    return Commit(std::move(transition)).created[0];
  }
  Trial Move(const Trial& trial, TrialState state) {
    Transition transition = Next();
    transition.updated = {Moved(trial, state)};
    return Commit(std::move(transition)).updated[0];
  }
  void Observe(const AttemptId& attempt, std::vector<Observation> observations) {
    Transition transition = Next();
    transition.observations = {{attempt, std::move(observations)}};
    Commit(std::move(transition));
  }
  [[nodiscard]] std::vector<Trial> Trials() const { return List({.experiment = key()}); }
  [[nodiscard]] std::vector<Trial> List(const TrialQuery& query) const {
    return store_.ListTrials(query).value();
  }
  [[nodiscard]] const ExperimentKey& key() const { return experiment_.key; }
  [[nodiscard]] const Experiment& experiment() const { return experiment_; }

 private:
  Store& store_;
  std::uint64_t epoch_;
  Experiment experiment_;
  std::uint64_t ordinals_ = 0;
};

class StoreContract : public testing::TestWithParam<Implementation> {
 protected:
  StoreContract() : store_(GetParam().make(folder_.path())) {}

  [[nodiscard]] Store& store() { return *store_; }
  [[nodiscard]] std::vector<Event> Events() { return store_->ChangesSince(0, SIZE_MAX).value(); }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
};

/// What went wrong in `result`; fails the test if nothing did.
template <typename Anything>
Code CodeOf(const Anything& result) {
  EXPECT_FALSE(result.has_value());
  return result.has_value() ? Code::kUnknown : result.error().code;
}

inline std::vector<std::uint64_t> Ordinals(const std::vector<Trial>& trials) {
  std::vector<std::uint64_t> ordinals;
  for (const Trial& trial : trials) {
    ordinals.push_back(trial.ordinal);
  }
  return ordinals;
}

}  // namespace hone::db
