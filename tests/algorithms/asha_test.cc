// Behaviour of asha alone; fidelity_test.cc has what it shares with hyperband.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/numerics/halving_rung.h"
#include "tests/algorithms/laboratory.h"

namespace hone::algorithms {
namespace {

using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Problem Epochs(const std::vector<Setting>& more = {}) {
  Problem problem = ProblemOver({Double("0", "1"), Int("1", "27")});
  problem.settings = {{"resource_name", "x1"}};
  problem.settings.insert(problem.settings.end(), more.begin(), more.end());
  return problem;
}

std::optional<double> Loss(const ObservedTrial& trial) {
  return trial.point[0] + 1 / trial.point[1];
}

/// The ordinals of the trials that may advance.
std::vector<std::uint64_t> Candidates(const HalvingRung& rung) {
  std::vector<std::uint64_t> ordinals;
  for (const HalvingRank& rank : rung.candidates()) {
    ordinals.push_back(rank.second);
  }
  return ordinals;
}

TEST(HalvingRung, LetsNoTrialAdvanceBeforeEtaHaveEnded) {
  HalvingRung rung(3);

  rung.Add({1, 1}, false);
  rung.Add({2, 2}, false);
  EXPECT_THAT(Candidates(rung), IsEmpty());
  rung.Add({3, 3}, false);

  EXPECT_THAT(Candidates(rung), ElementsAre(1));
}

TEST(HalvingRung, IsTheBestShareWhateverTheOrderOfEnds) {
  std::mt19937 random(7);
  std::vector<HalvingRank> ranks;
  for (std::uint64_t ordinal = 1; ordinal <= 1000; ++ordinal) {
    ranks.emplace_back(random() % 50, ordinal);  // many are equal
  }
  std::vector<HalvingRank> sorted = ranks;
  std::sort(sorted.begin(), sorted.end());
  for (int i = 0; i < 20; ++i) {
    std::shuffle(ranks.begin(), ranks.end(), random);
    HalvingRung rung(4);
    for (const HalvingRank& rank : ranks) {
      rung.Add(rank, rank.second % 5 == 0);
      if (rung.candidates().size() > 30) {
        // The trial may leave and re-enter the best share as later trials arrive, but advances only
        // once.
        rung.Advance(*rung.candidates().begin());
      }
    }
    for (const HalvingRank& rank : rung.candidates()) {
      EXPECT_LE(rank, sorted[249]);
      EXPECT_NE(rank.second % 5, 0u);
    }
  }
}

TEST(HalvingRung, NeverOffersTheSameTrialTwice) {
  std::mt19937 random(7);
  HalvingRung rung(2.5);
  std::set<HalvingRank> advanced;

  for (std::uint64_t ordinal = 1; ordinal <= 5000; ++ordinal) {
    rung.Add({static_cast<double>(random() % 1000), ordinal}, false);
    while (!rung.candidates().empty()) {
      const HalvingRank best = *rung.candidates().begin();
      ASSERT_TRUE(advanced.insert(best).second);
      rung.Advance(best);
    }
  }

  EXPECT_THAT(advanced, SizeIs(Gt(1999)));
}

TEST(Asha, AdvancesTheBestThirdOfEachRung) {
  Laboratory laboratory("asha", Epochs(), Loss);
  laboratory.Start(9);
  while (laboratory.running() > 0) {
    laboratory.End();
  }

  laboratory.Start(4);

  std::vector<std::pair<double, std::uint64_t>> rung;
  for (std::uint64_t ordinal = 1; ordinal <= 9; ++ordinal) {
    rung.emplace_back(laboratory.trial(ordinal).objectives[0], ordinal);
  }
  std::sort(rung.begin(), rung.end());
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(laboratory.trial(10 + i).parent, rung[i].second);
    EXPECT_EQ(laboratory.trial(10 + i).point[1], 3);
  }
  EXPECT_EQ(laboratory.trial(13).parent, 0u);
  EXPECT_EQ(laboratory.trial(13).point[1], 1);
}

/// Algorithm 2 of the paper, implemented literally: the trial that advances now, 0 if none does.
std::uint64_t WhoGoesOn(const Laboratory& laboratory) {
  std::map<double, std::vector<std::pair<double, std::uint64_t>>, std::greater<>> rungs;
  std::set<std::uint64_t> advanced;
  for (const ObservedTrial& trial : laboratory.trials()) {
    advanced.insert(trial.parent);
    if (trial.outcome == Outcome::kComplete && trial.point[1] < 27) {
      rungs[trial.point[1]].emplace_back(trial.objectives[0], trial.ordinal);
    }
  }
  for (auto& [resource, rung] : rungs) {
    std::sort(rung.begin(), rung.end());
    for (std::size_t i = 0; i < rung.size() / 3; ++i) {
      if (!advanced.contains(rung[i].second)) {
        return rung[i].second;
      }
    }
  }
  return 0;
}

TEST(Asha, PrefersTheHighestRungAndThenANewConfiguration) {
  Laboratory laboratory("asha", Epochs(), Loss);

  laboratory.Run(300, 3, [&] {
    const Proposal next = laboratory.Next(1).list.at(0);
    ASSERT_EQ(next.parent, WhoGoesOn(laboratory));
  });

  EXPECT_THAT(laboratory.CountAt(1, 27), Gt(3u));
}

TEST(Asha, StartsNewConfigurationsWhileNothingHasEnded) {
  Laboratory laboratory("asha", Epochs(), Loss);

  laboratory.Start(50);

  EXPECT_EQ(laboratory.CountAt(1, 1), 50u);
}

TEST(Asha, SharesTheResourceAmongBrackets) {
  Laboratory laboratory("asha", Epochs({{"brackets", "3"}}), Loss);

  laboratory.Run(2000, 8);

  std::map<std::uint64_t, double> bracket;
  std::map<double, double> spent;
  for (const ObservedTrial& trial : laboratory.trials()) {
    bracket[trial.ordinal] = trial.parent == 0 ? trial.point[1] : bracket.at(trial.parent);
    const double before = trial.parent == 0 ? 0 : laboratory.trial(trial.parent).point[1];
    spent[bracket[trial.ordinal]] += trial.point[1] - before;
  }
  ASSERT_THAT(spent, SizeIs(3));
  EXPECT_NEAR(spent[1] / spent[9], 1, 0.05);
  EXPECT_NEAR(spent[3] / spent[9], 1, 0.05);
}

TEST(Asha, SaysTheSameAfterARestartWithSeveralBrackets) {
  Laboratory laboratory("asha", Epochs({{"brackets", "3"}, {"eta", "2"}, {"r_min", "2"}}), Loss);

  laboratory.Run(120, 4, [&] { ExpectSame(laboratory.Next(3), laboratory.NextAfterARestart(3)); });

  EXPECT_EQ(laboratory.CountAt(1, 1), 0u);
}

TEST(Asha, RefusesMoreBracketsThanRungsThatCanAdvance) {
  FieldErrors errors;

  Find("asha")->check(Epochs({{"brackets", "4"}}), errors);

  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_THAT(errors[0].message, ::testing::HasSubstr("at most 3"));
}

}  // namespace
}  // namespace hone::algorithms
