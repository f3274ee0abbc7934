// bayesianoptimization and auto: the minima they find, and extreme inputs.
#include <cmath>
#include <map>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/numerics/acquisition_search.h"
#include "algorithms/numerics/counter_random.h"
#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using ::testing::SizeIs;

constexpr const char* kModels[] = {"bayesianoptimization", "auto"};

Problem Square(std::uint64_t seed) {
  return ProblemOver({Double("-5", "10"), Double("0", "15")}, seed);
}

double Branin(const Point& x) {
  const double bend = x[1] - 5.1 / (4 * M_PI * M_PI) * x[0] * x[0] + 5 / M_PI * x[0] - 6;
  return bend * bend + 10 * (1 - 1 / (8 * M_PI)) * std::cos(x[0]) + 10 - 0.39788735772973816;
}

TEST(GaussianSearch, FindsTheBottomOfASmoothFunctionInFewTrials) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const double reached = Minimise("bayesianoptimization", Square(seed), 40, 1, Branin);
    EXPECT_LT(reached, 0.02) << seed;
    found += reached < 1e-3 ? 1 : 0;
    EXPECT_LT(Minimise("auto", Square(seed), 60, 1, Branin), 0.02) << seed;
  }
  EXPECT_GE(found, 16);
}

// Gramacy and Lee, "Cases for the nugget in modeling computer experiments", 2012: ten local minima.
TEST(GaussianSearch, FindsTheLowestOfManyBends) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const double reached =
        Minimise("bayesianoptimization",
                 ProblemOver({Double("0.5", "2.5")}, seed),
                 30,
                 1,
                 [](const Point& x) {
                   return std::sin(10 * M_PI * x[0]) / (2 * x[0]) + std::pow(x[0] - 1, 4);
                 });
    found += reached < -0.869 + 0.01 ? 1 : 0;
  }
  EXPECT_GE(found, 16);
}

TEST(GaussianSearch, GoesIntoACorner) {
  const Problem problem = ProblemOver(std::vector<ParameterSpec>(20, Double("0", "1")));

  for (const char* const name : kModels) {
    EXPECT_LT(Minimise(name,
                       problem,
                       100,
                       1,
                       [](const Point& x) {
                         double sum = 0;
                         for (const double coordinate : x) {
                           sum += coordinate;
                         }
                         return sum;
                       }),
              0.5)
        << name;
  }
}

TEST(GaussianSearch, FindsTheBestOfIntsAndWords) {
  const auto loss = [](const Point& x) {
    return std::abs(x[0] - 23) + std::abs(x[1] - 160) / 10 + (x[2] == 2 ? 0 : 3) +
           std::pow(x[3] - 2, 2);
  };
  for (const char* const name : kModels) {
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const Problem problem = ProblemOver(
          {Int("1", "30"), Int("10", "200", "10"), Words({"a", "b", "c"}), Double("0.5", "2.5")},
          seed);
      found += Minimise(name, problem, 80, 1, loss) < 0.05 ? 1 : 0;
    }
    EXPECT_GE(found, 4) << name;
  }
}

TEST(GaussianSearch, SearchesUnderEachChoiceApart) {
  // The better value is under "b", and depends on the parameter that only "b" activates.
  const auto loss = [](const Point& x) {
    return x[0] == 0 ? 1 + std::abs(x[1] - 0.2) : 0.5 + std::abs(x[2] - 0.7) * 2;
  };
  for (const char* const name : kModels) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const Problem problem = ProblemOver({Words({"a", "b"}),
                                           Under("x0", {"a"}, Double("0", "1")),
                                           Under("x0", {"b"}, Double("0", "1"))},
                                          seed);
      EXPECT_LT(Minimise(name, problem, 60, 1, loss), 0.55) << name << " " << seed;
    }
  }
}

TEST(GaussianSearch, SpreadsABatch) {
  for (const char* const name : kModels) {
    Problem problem = Square(3);
    problem.parallel_trials = 8;
    const auto search = MakeAlgorithm(name, problem);
    std::vector<ObservedTrial> trials = Running(RunTrials(*search, 24, 8));
    for (ObservedTrial& trial : trials) {
      trial.outcome = Outcome::kComplete;
      trial.objectives = {Branin(trial.point)};
    }
    search->Observe(trials);

    const std::vector<Point> batch = PointsOf(search->Suggest(25, 8));

    ASSERT_THAT(batch, SizeIs(8));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        EXPECT_GT(std::hypot(batch[i][0] - batch[k][0], batch[i][1] - batch[k][1]), 1e-3) << name;
      }
    }
  }
}

TEST(GaussianSearch, DoesNotRepeatATrialThatFails) {
  for (const char* const name : kModels) {
    const auto search = MakeAlgorithm(name, Square(5));
    std::vector<Point> failed;
    for (std::uint64_t ordinal = 1; ordinal <= 40; ++ordinal) {
      const Point point = PointsOf(search->Suggest(ordinal, 1)).front();
      // Half of the space fails, and the objective decreases towards that half.
      const bool fails = point[0] > 2;
      ObservedTrial trial{ordinal, point, fails ? Outcome::kFailed : Outcome::kComplete, {}, {}};
      if (fails) {
        failed.push_back(point);
      } else {
        trial.objectives = {-point[0]};
      }
      search->Observe({&trial, 1});
    }
    for (std::size_t i = 0; i < failed.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        EXPECT_NE(failed[i], failed[k]) << name;
      }
    }
    EXPECT_LT(failed.size(), 30U) << name;
  }
}

TEST(GaussianSearch, BearsAnyValuesAndAnyNumberOfEqualOnes) {
  for (const char* const name : kModels) {
    for (const double value : {0.0, 1e300, -1e300, 5e-324}) {
      const auto search = MakeAlgorithm(name, Square(5));
      for (std::uint64_t ordinal = 1; ordinal <= 30; ++ordinal) {
        const Point point = PointsOf(search->Suggest(ordinal, 1)).front();
        const double own = ordinal % 10 == 0 ? -value / 2 : value;
        const ObservedTrial trial{ordinal, point, Outcome::kComplete, {own}, {}};
        search->Observe({&trial, 1});
        ASSERT_TRUE(Square(5).space.Contains(point)) << name << " " << value;
      }
    }
  }
}

TEST(GaussianSearch, IsTheSameWhateverTheOrderInWhichTrialsEnd) {
  for (const char* const name : kModels) {
    const Problem problem = Square(9);
    const auto lively = MakeAlgorithm(name, problem);
    std::vector<ObservedTrial> ended;
    std::map<std::uint64_t, Point> running;
    for (std::uint64_t ordinal = 1; ordinal <= 90; ++ordinal) {
      const Point point = PointsOf(lively->Suggest(ordinal, 1)).front();
      const ObservedTrial started{ordinal, point, Outcome::kRunning, {}, {}};
      lively->Observe({&started, 1});
      running[ordinal] = point;
      if (ordinal % 3 != 0) {  // the other trials end later, each in a different order
        const auto ends = ordinal % 2 == 0 ? running.begin() : std::prev(running.end());
        const ObservedTrial trial{
            ends->first, ends->second, Outcome::kComplete, {Branin(ends->second)}, {}};
        running.erase(ends);
        lively->Observe({&trial, 1});
        ended.push_back(trial);
      }
    }
    const auto restarted = MakeAlgorithm(name, problem);
    restarted->Observe(ended);
    for (const auto& [ordinal, point] : running) {
      const ObservedTrial trial{ordinal, point, Outcome::kRunning, {}, {}};
      restarted->Observe({&trial, 1});
    }

    EXPECT_EQ(PointsOf(restarted->Suggest(91, 2)), PointsOf(lively->Suggest(91, 2))) << name;
  }
}

// The row of a running trial must be replaced when the trial ends.
TEST(GaussianSearch, IsTheSameAfterARestartWithTwoTrialsAtATime) {
  const Problem problem = Square(4);
  const auto lively = MakeAlgorithm("bayesianoptimization", problem);
  std::vector<ObservedTrial> history;
  for (std::uint64_t ordinal = 1; ordinal <= 90; ++ordinal) {
    const Point point = PointsOf(lively->Suggest(ordinal, 1)).front();
    if (ordinal > 70) {
      const auto restarted = MakeAlgorithm("bayesianoptimization", problem);
      restarted->Observe(history);
      ASSERT_EQ(PointsOf(restarted->Suggest(ordinal, 1)).front(), point) << ordinal;
    }
    history.push_back({ordinal, point, Outcome::kRunning, {}, {}});
    lively->Observe({&history.back(), 1});
    if (ordinal > 1) {
      ObservedTrial& before = history[ordinal - 2];
      const double noise = static_cast<double>(MixBits(ordinal) % 1000) / 100;
      before.outcome = Outcome::kComplete;
      before.objectives = {Branin(before.point) + noise};
      lively->Observe({&before, 1});
    }
  }
}

TEST(GaussianSearch, AnswersInAMomentAfterThousandsOfTrials) {
  const auto search = MakeAlgorithm("bayesianoptimization", Square(1));
  std::vector<ObservedTrial> trials;
  for (std::uint64_t i = 1; i <= 3000; ++i) {
    const Point point = {-5 + 15 * std::fmod(static_cast<double>(i) * 0.618034, 1),
                         15 * std::fmod(static_cast<double>(i) * 0.754878, 1)};
    trials.push_back({i, point, Outcome::kComplete, {Branin(point)}, {}});
  }
  search->Observe(trials);

  const Proposals proposals = search->Suggest(3001, 3);

  ASSERT_THAT(proposals.list, SizeIs(3));
  EXPECT_EQ(proposals.list[0].why.origin, Provenance::Origin::kModel);
  EXPECT_LT(Branin(proposals.list[0].point), 1);
}

// Acquisition values must not jump where parameters are fitted again or trials are left out.
TEST(GaussianSearch, HasNoCliffAsTrialsBecomeMany) {
  std::vector<ObservedTrial> trials;
  for (std::uint64_t i = 1; i <= 330; ++i) {
    const Point point = {-5 + 15 * std::fmod(static_cast<double>(i) * 0.618034, 1),
                         15 * std::fmod(static_cast<double>(i) * 0.754878, 1)};
    trials.push_back({i, point, Outcome::kComplete, {Branin(point)}, {}});
  }
  for (const std::size_t edge : {40U, 42U, 100U, 128U, 320U}) {
    double before = 0;
    for (const std::size_t count : {edge, edge + 1}) {
      const auto search = MakeAlgorithm("bayesianoptimization", Square(1));
      search->Observe(std::span(trials).first(count));
      const Proposal proposal = search->Suggest(count + 1, 1).list.front();

      EXPECT_EQ(proposal.why.origin, Provenance::Origin::kModel) << count;
      const double acquisition = proposal.why.acquisition.value();
      EXPECT_TRUE(std::isfinite(acquisition)) << count;
      EXPECT_TRUE(count == edge || std::abs(acquisition - before) < 2)
          << count << ": " << before << " " << acquisition;
      before = acquisition;
    }
  }
}

TEST(AcquisitionSearch, BearsAProcessThatSaysTheSameEverywhere) {
  const SearchSpace space = ProblemOver({Double("0", "1"), Int("1", "9"), Words({"a", "b"})}).space;
  const std::vector<Axis> axes = MakeAxes(space);
  const GaussianKernel kernel(axes);
  for (const double scale : {1.0, 1e-300}) {
    GaussianProcess process(kernel);
    process.Reset({Eigen::Vector3d::Zero(), scale, 1e-2});
    process.Append(Eigen::Vector3d(0.5, 0.5, 0), 1e-2);
    process.SetValues(Eigen::VectorXd::Zero(1));
    const std::vector<Point> incumbents = {{0.5, 5, 0}};

    const auto ranked = SearchAcquisition(
        {.space = space, .axes = axes, .process = process, .incumbents = incumbents});

    ASSERT_FALSE(ranked.empty());
    for (const RankedPoint& each : ranked) {
      EXPECT_TRUE(space.Contains(each.point));
      EXPECT_FALSE(std::isnan(each.value));
    }
  }
}

TEST(Auto, NamesTheMemberThatProposedAPoint) {
  const auto search = MakeAlgorithm("auto", Square(1));
  std::set<std::string_view> members;
  for (std::uint64_t ordinal = 1; ordinal <= 40; ++ordinal) {
    const Proposal proposal = search->Suggest(ordinal, 1).list.front();
    EXPECT_EQ(proposal.why.origin,
              ordinal <= 10 ? Provenance::Origin::kStartup : Provenance::Origin::kModel);
    members.insert(proposal.why.algorithm);
    const ObservedTrial trial{
        ordinal, proposal.point, Outcome::kComplete, {Branin(proposal.point)}, {}};
    search->Observe({&trial, 1});
  }
  EXPECT_EQ(members,
            (std::set<std::string_view>{"bayesianoptimization", "bobyqa", "multivariate-tpe"}));
}

}  // namespace
}  // namespace hone::algorithms
