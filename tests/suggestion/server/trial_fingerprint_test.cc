#include "suggestion/server/trial_fingerprint.h"

#include <set>

#include <gtest/gtest.h>

#include "proto/api/v1beta1/api.pb.h"

namespace hone::suggestion {
namespace {

api::v1::beta1::Trial ATrial() {
  api::v1::beta1::Trial trial;
  trial.set_name("t-1");
  auto& assignment = *trial.mutable_spec()->mutable_parameter_assignments()->add_assignments();
  assignment.set_name("x");
  assignment.set_value("1");
  (*trial.mutable_spec()->mutable_labels())["a"] = "b";
  trial.mutable_status()->set_condition(api::v1::beta1::TrialStatus::SUCCEEDED);
  return trial;
}

/// Field `number` of a message with `bytes`, all shorter than 128.
std::string Field(int number, const std::string& bytes) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(bytes.size())} + bytes;
}

TEST(TrialFingerprint, DoesNotCareInWhichOrderLabelsAreWritten) {
  const std::string one = Field(4, Field(1, "a") + Field(2, "x"));
  const std::string other = Field(4, Field(1, "b") + Field(2, "y"));

  EXPECT_EQ(FingerprintOfTrial(Field(1, "t") + Field(2, one + other)),
            FingerprintOfTrial(Field(1, "t") + Field(2, other + one)));
}

TEST(TrialFingerprint, DependsOnEverythingElse) {
  std::set<Fingerprint> fingerprints{FingerprintOfTrial(ATrial().SerializeAsString())};
  const auto add = [&](auto change) {
    api::v1::beta1::Trial trial = ATrial();
    change(trial);
    return fingerprints.insert(FingerprintOfTrial(trial.SerializeAsString())).second;
  };

  EXPECT_TRUE(add([](auto& trial) { trial.set_name("t-2"); }));
  EXPECT_TRUE(add([](auto& trial) { (*trial.mutable_spec()->mutable_labels())["a"] = "c"; }));
  EXPECT_TRUE(add([](auto& trial) { (*trial.mutable_spec()->mutable_labels())["b"] = "b"; }));
  EXPECT_TRUE(add([](auto& trial) {
    trial.mutable_status()->set_condition(api::v1::beta1::TrialStatus::FAILED);
  }));
  EXPECT_TRUE(add([](auto& trial) {
    trial.mutable_spec()->mutable_parameter_assignments()->mutable_assignments(0)->set_value("2");
  }));
  EXPECT_TRUE(add([](auto& trial) { trial.clear_status(); }));
}

TEST(TrialFingerprint, BearsBytesThatAreNoTrial) {
  const std::string whole = ATrial().SerializeAsString();

  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(FingerprintOfTrial(whole.substr(0, size)), FingerprintOfTrial(whole.substr(0, size)));
    EXPECT_NE(FingerprintOfTrial(whole.substr(0, size)), FingerprintOfTrial(whole));
  }
  EXPECT_NE(FingerprintOfTrial(Field(2, "\xff\xff\xff\xff\xff")),
            FingerprintOfTrial(Field(2, "\xff")));
}

}  // namespace
}  // namespace hone::suggestion
