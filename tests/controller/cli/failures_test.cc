#include "controller/cli/failures.h"

#include <gtest/gtest.h>

#include "db/store/memory_store.h"
#include "db/store/transition.h"
#include "tests/support/builders.h"

namespace hone::controller {
namespace {

/// The kinds of failures of an experiment whose trials failed with these messages.
std::vector<FailureKind> KindsOf(const std::vector<std::string>& messages) {
  const SystemClock clock;
  const std::unique_ptr<db::Store> store = db::MakeMemoryStore(clock);
  db::Transition transition{.epoch = store->AcquireEpoch().value(),
                            .experiment = store->CreateExperiment(AnExperiment().Build()).value()};
  for (const std::string& message : messages) {
    const std::size_t ordinal = transition.created.size() + 1;
    Trial trial = ATrial(ordinal).Build().trial;
    trial.state = TrialState::kFailed;
    trial.message = message;
    transition.created.push_back(trial);
    ++transition.experiment.status.counts.failed;
  }
  EXPECT_TRUE(store->Commit(transition).has_value());
  return ReadFailures(*store, transition.experiment).value();
}

TEST(Failures, ThatDifferInTheirNumbersAloneAreOneKind) {
  const std::vector<FailureKind> kinds = KindsOf({"no such layer",
                                                  "fault at 0x7f3a",
                                                  "fault at 0xb0c1",
                                                  "log of -0.3",
                                                  "log of 0.5",
                                                  "log of -1e-05"});

  ASSERT_EQ(kinds.size(), 3U);
  EXPECT_EQ(kinds[0].message, "log of -0.3");
  EXPECT_EQ(kinds[0].first_trial, "tune-4");
  EXPECT_EQ(kinds[0].trials, 3);
  EXPECT_EQ(kinds[1].message, "fault at 0x7f3a");
  EXPECT_EQ(kinds[1].trials, 2);
  EXPECT_EQ(kinds[2].trials, 1);
}

}  // namespace
}  // namespace hone::controller
