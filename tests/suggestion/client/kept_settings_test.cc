#include "suggestion/client/kept_settings.h"

#include <gtest/gtest.h>

#include "proto/model/algorithm_spec.h"

namespace hone::suggestion {
namespace {

using ::api::v1::beta1::AlgorithmSpec;

AlgorithmSpec Hyperband() {
  AlgorithmSpec algorithm;
  algorithm.set_algorithm_name("hyperband");
  for (const auto& [name, value] : {std::pair("r_l", "9"), {"evaluating_trials", "a \"b\"\n"}}) {
    auto& setting = *algorithm.add_algorithm_settings();
    setting.set_name(name);
    setting.set_value(value);
  }
  return algorithm;
}

TEST(KeptSettings, AreReadAsTheyWereWritten) {
  AlgorithmSpec read;
  read.set_algorithm_name("hyperband");
  read.add_algorithm_settings()->set_name("old");

  ReadSettings(WriteSettings(Hyperband()), read);

  EXPECT_EQ(read.algorithm_name(), "hyperband");
  ASSERT_EQ(read.algorithm_settings_size(), 2);
  EXPECT_EQ(read.algorithm_settings(0).name(), "evaluating_trials");
  EXPECT_EQ(read.algorithm_settings(0).value(), "a \"b\"\n");
  EXPECT_EQ(read.algorithm_settings(1).value(), "9");
}

TEST(KeptSettings, StayAsTheyAreWhenNothingCanBeRead) {
  for (const char* const text : {"", "{", "[]", "7", R"({"r_l": 9})"}) {
    AlgorithmSpec algorithm = Hyperband();

    ReadSettings(text, algorithm);

    EXPECT_EQ(algorithm.SerializeAsString(), Hyperband().SerializeAsString()) << text;
  }
}

}  // namespace
}  // namespace hone::suggestion
