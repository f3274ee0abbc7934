#include "algorithms/catalogue.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::algorithms {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const SettingSchema kOddSettings[] = {
    {.name = "gamma", .range = "in (0, 1)", .min = 0, .max = 1, .min_open = true, .max_open = true},
    {.name = "count", .kind = SettingSchema::Kind::kInt, .range = "an integer > 0", .min = 1},
    {.name = "eager", .kind = SettingSchema::Kind::kBool, .range = "true or false"},
    {.name = "kind", .kind = SettingSchema::Kind::kChoice, .range = "gp or rf", .choices = "gp|rf"},
};
const Algorithm kOdd = {.name = "odd", .settings = kOddSettings};

FieldErrors Check(const Algorithm& algorithm, const std::vector<Setting>& settings) {
  FieldErrors errors;
  CheckSettings(algorithm, settings, "spec.algorithm.algorithmSettings", errors);
  return errors;
}

TEST(Catalogue, IsInAlphabeticalOrder) {
  EXPECT_TRUE(std::is_sorted(Catalogue().begin(),
                             Catalogue().end(),
                             [](const auto* a, const auto* b) { return a->name < b->name; }));
  EXPECT_NE(Find("random"), nullptr);
  EXPECT_EQ(Find("Random"), nullptr);
  EXPECT_EQ(Find(""), nullptr);
}

TEST(CheckSettings, AcceptsWhatTheSchemaAllows) {
  EXPECT_THAT(Check(kOdd, {}), IsEmpty());
  EXPECT_THAT(Check(kOdd, {{"gamma", "0.25"}, {"count", "1e3"}, {"eager", "True"}, {"kind", "rf"}}),
              IsEmpty());
  EXPECT_THAT(Check(*Find("random"), {{"random_state", "0"}}), IsEmpty());
}

TEST(CheckSettings, NamesEverySettingThatIsOutOfRange) {
  const auto errors =
      Check(kOdd, {{"gamma", "1"}, {"count", "0"}, {"eager", "yes"}, {"kind", "gp|rf"}});

  ASSERT_THAT(errors, SizeIs(4));
  EXPECT_EQ(errors[0].field, "spec.algorithm.algorithmSettings[0].value");
  EXPECT_EQ(errors[0].message, "gamma must be in (0, 1)");
  EXPECT_EQ(errors[3].found, "gp|rf");
}

TEST(CheckSettings, RefusesTextThatIsNotANumber) {
  for (const std::string text : {"", "abc", "nan", "inf", "0x1", "1 ", "1.5"}) {
    EXPECT_THAT(Check(kOdd, {{"count", text}}), SizeIs(1)) << text;
  }
  EXPECT_THAT(Check(*Find("grid"), {{"random_state", "-1"}}), SizeIs(1));
  EXPECT_THAT(Check(*Find("grid"), {{"random_state", "1e19"}}), SizeIs(1));
}

TEST(CheckSettings, RefusesUnknownAndRepeatedNames) {
  const auto errors =
      Check(*Find("random"), {{"random_sate", "1"}, {"random_state", "1"}, {"random_state", "2"}});

  ASSERT_THAT(errors, SizeIs(2));
  EXPECT_EQ(errors[0].type, FieldError::Type::kNotSupported);
  EXPECT_EQ(errors[0].field, "spec.algorithm.algorithmSettings[0].name");
  EXPECT_THAT(errors[0].message, HasSubstr("did you mean \"random_state\"?"));
  EXPECT_EQ(errors[1].type, FieldError::Type::kDuplicate);
  EXPECT_EQ(errors[1].field, "spec.algorithm.algorithmSettings[2].name");
}

TEST(RandomState, IsReadHoweverItIsWritten) {
  EXPECT_EQ(RandomState({}), std::nullopt);
  for (const auto& [text, state] : {std::pair{"42", 42u}, {"1e3", 1000u}, {"7.0", 7u}}) {
    const std::vector<Setting> settings = {{"other", "1"}, {"random_state", text}};
    EXPECT_EQ(RandomState(settings), state);
  }
}

}  // namespace
}  // namespace hone::algorithms
