#include "suggestion/client/reply_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::suggestion {
namespace {

namespace api = ::api::v1::beta1;
using ::testing::HasSubstr;

TEST(ReadAnswer, KeepsTheNameThatAServiceGaveToATrial) {
  api::GetSuggestionsReply_ParameterAssignments message;
  message.set_trial_name("e-4711");

  const Suggestion suggestion = ReadAnswer({}, message).value();

  EXPECT_EQ(suggestion.labels.at(kTrialNameLabel), "e-4711");
}

TEST(ReadAnswer, RefusesANameWithoutABound) {
  api::GetSuggestionsReply_ParameterAssignments message;
  message.set_trial_name(std::string(254, 'x'));

  EXPECT_THAT(ReadAnswer({}, message).error().message, HasSubstr("trial_name of 254 bytes"));
}

TEST(TakeTrialName, GivesATrialTheNameThatItsServiceKnows) {
  api::Trial trial;
  trial.set_name("e-1");
  (*trial.mutable_spec()->mutable_labels())[kTrialNameLabel] = "e-4711";
  (*trial.mutable_spec()->mutable_labels())["other"] = "stays";

  TakeTrialName(trial);

  EXPECT_EQ(trial.name(), "e-4711");
  EXPECT_EQ(trial.spec().labels().size(), 1U);
}

TEST(TakeTrialName, LeavesATrialThatHasNone) {
  api::Trial trial;
  trial.set_name("e-1");

  TakeTrialName(trial);

  EXPECT_EQ(trial.name(), "e-1");
}

TEST(ReasonOf, NamesTheAddressThatCannotBeReachedAndWhy) {
  const grpc::Status refused(grpc::StatusCode::UNAVAILABLE,
                             "failed to connect to all addresses; last error: UNKNOWN: "
                             "ipv4:127.0.0.1:1: Failed to connect "
                             "to remote host: Connection refused");

  EXPECT_EQ(ReasonOf(refused, "127.0.0.1:1", {}),
            "cannot connect to 127.0.0.1:1 (Connection refused)");
}

TEST(ReasonOf, SaysHowLongItWaitedForAnAnswer) {
  const grpc::Status late(grpc::StatusCode::DEADLINE_EXCEEDED, "Deadline Exceeded");

  EXPECT_EQ(ReasonOf(late, "h:1", std::chrono::milliseconds(1500)),
            "no answer from h:1 within 1.5 seconds");
}

TEST(ReasonOf, LeavesTheWordsOfAService) {
  EXPECT_EQ(ReasonOf({grpc::StatusCode::UNKNOWN, "boom: it was me"}, "h:1", {}), "boom: it was me");
}

}  // namespace
}  // namespace hone::suggestion
