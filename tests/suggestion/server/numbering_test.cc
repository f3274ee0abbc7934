#include "suggestion/server/numbering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::suggestion {
namespace {

using ::testing::ElementsAre;

proto::NamedTrial Named(const std::string& name, const std::string& start, std::uint64_t ordinal) {
  return {name, start, ordinal, {}};
}

std::vector<std::string> NamesOf(const std::vector<proto::NamedTrial>& trials) {
  std::vector<std::string> names;
  for (const proto::NamedTrial& trial : trials) {
    names.push_back(trial.name + "=" + std::to_string(trial.trial.ordinal));
  }
  return names;
}

TEST(NumberTrials, LeavesEachTheNumberItWasHandedOutWith) {
  std::vector<proto::NamedTrial> trials{Named("c", "", 3), Named("a", "", 5), Named("b", "", 1)};

  EXPECT_TRUE(NumberTrials(trials, 9));

  EXPECT_THAT(NamesOf(trials), ElementsAre("b=1", "c=3", "a=5"));
}

TEST(NumberTrials, GivesFreeNumbersInTheOrderOfTheStart) {
  std::vector<proto::NamedTrial> trials{Named("waits", "", 0),
                                        Named("later", "2026-01-02T00:00:00Z", 0),
                                        Named("known", "2026-01-03T00:00:00Z", 2),
                                        Named("b", "2026-01-01T00:00:00Z", 0),
                                        Named("a", "2026-01-01T00:00:00Z", 0)};

  EXPECT_FALSE(NumberTrials(trials, 9));

  EXPECT_THAT(NamesOf(trials), ElementsAre("a=1", "known=2", "b=3", "later=4", "waits=5"));
}

TEST(NumberTrials, TrustsNoNumberThatIsTakenOrCannotBe) {
  std::vector<proto::NamedTrial> trials{
      Named("a", "", 1), Named("copy", "", 1), Named("liar", "", 4'000'000'000)};

  EXPECT_FALSE(NumberTrials(trials, 3));

  EXPECT_THAT(NamesOf(trials), ElementsAre("a=1", "copy=2", "liar=3"));
}

}  // namespace
}  // namespace hone::suggestion
