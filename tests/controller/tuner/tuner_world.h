// A tuner on a store in memory, and clients with pending Asks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "controller/tuner/tuner.h"
#include "db/store/memory_store.h"
#include "proto/convert/document.h"
#include "suggestion/engine/in_process_suggester.h"

namespace hone::controller {

inline access::Caller Anyone() {
  return access::Caller::Unrestricted("anyone");
}

/// A study that minimises "loss" over x in 0..1, with other `fields` in its spec.
inline std::string StudyText(const std::string& fields = "", const std::string& name = "study") {
  proto::Json study = proto::Json::parse(R"({
    "apiVersion": "kubeflow.org/v1beta1",
    "kind": "Experiment",
    "metadata": {},
    "spec": {
      "objective": {"type": "minimize", "objectiveMetricName": "loss"},
      "algorithm": {"algorithmName": "random"},
      "parameters": [
        {"name": "x", "parameterType": "double", "feasibleSpace": {"min": "0", "max": "1"}}]}})");
  study["metadata"]["name"] = name;
  study["spec"].update(proto::Json::parse("{" + fields + "}"));
  return study.dump();
}

class TunerTest : public ::testing::Test {
 protected:
  /// Creates a tuner, as after a restart of the process.
  void Start(Tuner::MakeSuggester make_suggester = nullptr) {
    if (!make_suggester) {
      make_suggester = [this](const Tuner::WakeStudy&) {
        return suggestion::MakeInProcessSuggester(served());
      };
    }
    tuner_.reset();
    tuner_ = Tuner::Make({.world = {served(), clock_, store_->AcquireEpoch().value()},
                          .services = {},
                          .make_suggester = std::move(make_suggester)});
  }

  /// The store as the tuner sees it.
  virtual db::Store& served() { return *store_; }

  std::shared_ptr<SharedStudy> Create(const std::string& fields = "",
                                      const std::string& name = "study") {
    if (!tuner_) {
      Start();
    }
    const Result<Experiment> created = tuner_->Create(Anyone(), StudyText(fields, name));
    EXPECT_TRUE(created) << (created ? "" : created.error().message);
    return tuner_->Open({"default", name}).value();
  }

  Experiment Stored(const std::string& name = "study") {
    return store_->GetExperiment({"default", name}).value();
  }

  SystemClock clock_;
  std::unique_ptr<db::Store> store_ = db::MakeMemoryStore(clock_);
  std::unique_ptr<Tuner> tuner_;
};

/// An Ask and its answer, if it has arrived.
class AnAsk {
 public:
  AnAsk(SharedStudy& study, const std::string& client, std::size_t count = 1) {
    ticket_ = study.Ask(client, count, [this](Result<Asked> asked) {
      ++answers_;
      answer_ = std::move(asked);
    });
  }
  AnAsk(const AnAsk&) = delete;
  AnAsk& operator=(const AnAsk&) = delete;

  [[nodiscard]] std::uint64_t ticket() const { return ticket_; }
  [[nodiscard]] bool has_answer() const { return answer_.has_value(); }
  [[nodiscard]] const Result<Asked>& answer() const { return *answer_; }
  /// The numbers of the trials in the answer; empty if it has none, or if there is no answer.
  [[nodiscard]] std::vector<std::uint64_t> ordinals() const {
    std::vector<std::uint64_t> found;
    if (answer_ && *answer_) {
      for (const Trial& trial : (*answer_)->trials) {
        found.push_back(trial.ordinal);
      }
    }
    return found;
  }
  ~AnAsk() { EXPECT_LE(answers_, 1); }

 private:
  std::uint64_t ticket_ = 0;
  int answers_ = 0;
  std::optional<Result<Asked>> answer_;
};

/// A client asks and must get trials at once; which ones does not matter.
inline void GiveTrials(SharedStudy& study, const std::string& client, std::size_t count = 1) {
  const AnAsk ask(study, client, count);
  EXPECT_FALSE(ask.ordinals().empty());
}

}  // namespace hone::controller
