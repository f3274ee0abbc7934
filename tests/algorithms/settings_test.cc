#include "algorithms/settings.h"

#include <vector>

#include <gtest/gtest.h>

namespace hone::algorithms {
namespace {

constexpr SettingSchema kReadSettings[] = {
    {.name = "count", .kind = SettingSchema::Kind::kInt, .default_text = "10"},
    {.name = "weight", .default_text = "0.5", .may_be_none = true},
    {.name = "limit"},
    {.name = "word", .kind = SettingSchema::Kind::kText, .default_text = "gp"},
};

TEST(SettingValues, AreTheDefaultsOfAbsentSettings) {
  const SettingValues values(kReadSettings, {});

  EXPECT_EQ(values.Count("count"), 10U);
  EXPECT_EQ(values.Number("weight"), 0.5);
  EXPECT_EQ(values.NumberIfAny("limit"), std::nullopt);
  EXPECT_EQ(values.Text("limit"), "");
  EXPECT_EQ(values.Text("word"), "gp");
}

TEST(SettingValues, AreTheGivenSettings) {
  const std::vector<Setting> given = {
      {"word", "rf"}, {"unknown", "1"}, {"limit", "1e3"}, {"weight", "None"}, {"count", "7"}};
  const SettingValues values(kReadSettings, given);

  EXPECT_EQ(values.Count("count"), 7U);
  EXPECT_EQ(values.NumberIfAny("weight"), std::nullopt);
  EXPECT_EQ(values.NumberIfAny("limit"), 1000.0);
  EXPECT_EQ(values.Text("word"), "rf");
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
