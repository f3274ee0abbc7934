// The contract of every Store: a suite that is independent of the implementation. Add an
// implementation to the list in store_contract_test.cc.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/store/log_retention.h"
#include "db/store/store.h"
#include "db/store/transition.h"
#include "proto/core/time.h"
#include "tests/db/nouns.h"
#include "tests/temporary_folder.h"

namespace hone::db {

/// The parameters with which a store is opened.
struct StoreTerms {
  LogRetention retention;
  const Clock* clock;
};

struct Implementation {
  std::string name;
  /// Opens a store that may keep files in the folder.
  std::function<std::unique_ptr<Store>(const std::filesystem::path& folder, const StoreTerms&)>
      open;
  /// Finds contradictions in the files of the folder; null if the implementation has no files. If
  /// it has, opening the same folder again gives the same store, as in another process.
  std::function<std::vector<std::string>(const std::filesystem::path& folder)> find_faults;
};

inline void PrintTo(const Implementation& implementation, std::ostream* out) {
  *out << implementation.name;
}

/// The history of one experiment: each call is one transition, expected to succeed.
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
  StoreContract() : store_(Open()) {}

  [[nodiscard]] Store& store() { return *store_; }
  /// The store as opened by another process; the store itself if it lives in memory.
  [[nodiscard]] Store& OpenedElsewhere() {
    if (GetParam().find_faults && !elsewhere_) {
      elsewhere_ = Open();
    }
    return elsewhere_ ? *elsewhere_ : *store_;
  }
  /// A new, separate store.
  [[nodiscard]] std::unique_ptr<Store> MakeAnother(const StoreTerms& terms) {
    others_.push_back(std::make_unique<TemporaryFolder>());
    return GetParam().open(others_.back()->path(), terms);
  }
  [[nodiscard]] std::vector<Change> Changes() { return store_->ChangesSince(0, SIZE_MAX).value(); }
  [[nodiscard]] std::uint64_t Newest() { return store_->NewestChange().value(); }
  [[nodiscard]] std::vector<std::string> Faults() {
    return GetParam().find_faults ? GetParam().find_faults(folder_.path())
                                  : std::vector<std::string>();
  }

 private:
  [[nodiscard]] std::unique_ptr<Store> Open() {
    return GetParam().open(folder_.path(), {.retention = {}, .clock = &clock_});
  }

  const SystemClock clock_;
  TemporaryFolder folder_;
  std::vector<std::unique_ptr<TemporaryFolder>> others_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Store> elsewhere_;
};

/// The error code of `result`; fails the test if there is no error.
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
