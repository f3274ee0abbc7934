// NLopt's methods driven by a history: they request the points that NLopt requests, regardless of
// the order in which trials end.
#include "algorithms/numerics/replayed_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlopt.h>

#include "algorithms/numerics/axis.h"
#include "algorithms/numerics/counter_random.h"
#include "tests/algorithms/known_minima.h"
#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Origin = Provenance::Origin;

struct Method {
  const char* name;
  nlopt_algorithm in_nlopt;
};
constexpr Method kMethods[] = {{"direct", NLOPT_GN_DIRECT_L},
                               {"bobyqa", NLOPT_LN_BOBYQA},
                               {"nelder-mead", NLOPT_LN_NELDERMEAD},
                               {"sbplx", NLOPT_LN_SBPLX}};

class ReplayedSearch : public ::testing::TestWithParam<Method> {
 protected:
  static std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
    return MakeAlgorithm(GetParam().name, problem);
  }
  static double Minimum(const Problem& problem, std::size_t trials, const Loss& loss) {
    return Minimise(GetParam().name, problem, trials, 1, loss);
  }
};

INSTANTIATE_TEST_SUITE_P(Nlopt,
                         ReplayedSearch,
                         ::testing::ValuesIn(kMethods),
                         [](const auto& tested) {
                           std::string name(tested.param.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// A plain run of NLopt over the unit square, without ReplayedSearch.
struct BareRun {
  const KnownMinimum& known;
  std::vector<Axis> axes;
  std::vector<Point> asked;
};

double AskBare(unsigned size, const double* x, double* /*gradient*/, void* context) {
  BareRun& run = *static_cast<BareRun*>(context);
  Point point;
  for (unsigned i = 0; i < size; ++i) {
    point.push_back(run.axes[i].ToValue(x[i]));
  }
  run.asked.push_back(point);
  return run.known.loss(point);
}

std::vector<Point> AskedByNlopt(nlopt_algorithm algorithm,
                                const KnownMinimum& known,
                                int evaluations) {
  BareRun run{known, MakeAxes(ProblemOver(known.space).space), {}};
  nlopt_opt search = nlopt_create(algorithm, 2);
  nlopt_set_lower_bounds1(search, 0);
  nlopt_set_upper_bounds1(search, 1);
  nlopt_set_min_objective(search, AskBare, &run);
  nlopt_set_initial_step1(search, 0.25);
  nlopt_set_xtol_abs1(search, kNloptTolerance);
  nlopt_set_maxeval(search, evaluations);
  double x[] = {0.5, 0.5};
  double least = 0;
  nlopt_optimize(search, x, &least);
  nlopt_destroy(search);
  std::vector<Point> distinct;
  for (const Point& point : run.asked) {
    if (std::find(distinct.begin(), distinct.end(), point) == distinct.end()) {
      distinct.push_back(point);
    }
  }
  return distinct;
}

/// The points of `trials` trials that run one after another.
std::vector<Point> Asked(SearchAlgorithm& search, const Loss& loss, std::size_t trials) {
  std::vector<Point> points;
  while (points.size() < trials) {
    const std::uint64_t ordinal = points.size() + 1;
    const Proposals proposals = search.Suggest(ordinal, 1);
    if (proposals.space_ended) {
      break;
    }
    points.push_back(proposals.list.front().point);
    const ObservedTrial trial{
        ordinal, points.back(), Outcome::kComplete, {loss(points.back())}, {}};
    search.Observe({&trial, 1});
  }
  return points;
}

TEST_P(ReplayedSearch, AsksWhatNloptAsks) {
  for (const KnownMinimum& known : KnownMinima()) {
    const auto expected = AskedByNlopt(GetParam().in_nlopt, known, 400);

    const auto asked = Asked(*Make(ProblemOver(known.space)), known.loss, expected.size());

    ASSERT_GE(expected.size(), 20U);
    EXPECT_EQ(asked, expected) << known.name;
  }
}

TEST_P(ReplayedSearch, FindsKnownMinima) {
  for (const KnownMinimum& known : KnownMinima()) {
    const std::size_t trials = known.trials.at(GetParam().name);
    EXPECT_LT(Minimum(ProblemOver(known.space), trials, known.loss), known.minimum + 1e-6)
        << known.name;
  }
}

TEST_P(ReplayedSearch, FindsAMinimumInOneDimensionWhereOneEndIsNotANumber) {
  const double best = Minimum(
      ProblemOver({Double("0", "2")}), 120, [](const Point& x) { return x[0] * std::log(x[0]); });
  EXPECT_NEAR(best, -1 / std::numbers::e, 1e-6);
}

TEST_P(ReplayedSearch, GoesOnForEverWithNewPoints) {
  const std::vector<Loss> losses = {McCormick,
                                    [](const Point& /*x*/) { return 3; },
                                    [](const Point& /*x*/) { return NAN; },
                                    [](const Point& x) { return x[0] > 0 ? 1e300 : -1e300 * x[1]; },
                                    [](const Point& x) {
                                      return std::floor(x[0]) * 1e-300;
                                    }};
  for (const Loss& loss : losses) {
    const Problem problem = ProblemOver({Double("-1.5", "4"), Double("-3", "4")});

    const auto points = Asked(*Make(problem), loss, 1500);

    EXPECT_THAT(std::set<Point>(points.begin(), points.end()), SizeIs(1500));
    for (const Point& point : points) {
      ASSERT_TRUE(problem.space.Contains(point));
    }
  }
}

/// Trials that end in random order, some with failure, some stopped early.
class Experiment {
 public:
  explicit Experiment(std::uint64_t seed) : random_(seed, 1) {}

  std::uint64_t NextOrdinal() const { return trials_.size() + 1; }
  void Start(const Point& point) {
    trials_.push_back({NextOrdinal(), point, Outcome::kRunning, {}, {}});
    running_.push_back(trials_.back().ordinal);
  }
  /// Ends a random running trial.
  ObservedTrial End(const Loss& loss) {
    const std::size_t chosen = random_.Next() % running_.size();
    ObservedTrial& trial = trials_[running_[chosen] - 1];
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(chosen));
    trial.outcome = static_cast<Outcome>(1 + std::min<std::uint64_t>(random_.Next() % 8, 2));
    trial.outcome = trial.outcome == Outcome::kFailed && random_.Next() % 3 != 0
                        ? Outcome::kComplete
                        : trial.outcome;
    if (trial.outcome != Outcome::kFailed) {
      trial.objectives = {loss(trial.point)};
    }
    return trial;
  }
  std::size_t CountRunning() const { return running_.size(); }
  std::vector<ObservedTrial> Shuffled() {
    std::vector<ObservedTrial> trials = trials_;
    for (std::size_t i = trials.size(); i > 1; --i) {
      std::swap(trials[i - 1], trials[random_.Next() % i]);
    }
    return trials;
  }

 private:
  CounterRandom random_;
  std::vector<ObservedTrial> trials_;
  std::vector<std::uint64_t> running_;
};

TEST_P(ReplayedSearch, ContinuesAfterARestartAtAnyMoment) {
  for (const std::size_t parallel : {1U, 4U}) {
    const Problem problem = ProblemOver({Double("-2.5", "2"), Int("-3", "2")});
    const auto search = Make(problem);
    Experiment experiment(parallel);
    for (int step = 0; step < 250; ++step) {
      const auto restarted = Make(problem);
      restarted->Observe(experiment.Shuffled());
      const std::size_t count = parallel - experiment.CountRunning();
      const auto next = PointsOf(search->Suggest(experiment.NextOrdinal(), count));

      ASSERT_EQ(PointsOf(restarted->Suggest(experiment.NextOrdinal(), count)), next);

      const std::uint64_t first = experiment.NextOrdinal();
      std::for_each(next.begin(), next.end(), [&](const Point& x) { experiment.Start(x); });
      std::vector<ObservedTrial> news = Running(next);
      for (ObservedTrial& trial : news) {
        trial.ordinal += first - 1;
      }
      search->Observe(news);
      const ObservedTrial ended = experiment.End(Rosenbrock);
      search->Observe({&ended, 1});
    }
  }
}

TEST_P(ReplayedSearch, AnswersTheSameWhenAnEarlyTrialIsObservedLast) {
  const Problem problem = ProblemOver({Double("-2.5", "2"), Double("-2.5", "2")});
  const auto points = Asked(*Make(problem), Rosenbrock, 300);
  std::vector<ObservedTrial> trials = Running(points);
  for (ObservedTrial& trial : trials) {
    trial.outcome = Outcome::kComplete;
    trial.objectives = {Rosenbrock(trial.point)};
  }
  const auto whole = Make(problem);
  const auto late = Make(problem);

  whole->Observe(trials);
  late->Observe({trials.data() + 1, 299});
  EXPECT_EQ(PointsOf(late->Suggest(301, 1)).front(), points.front());
  late->Observe({trials.data(), 1});

  EXPECT_EQ(PointsOf(late->Suggest(301, 1)), PointsOf(whole->Suggest(301, 1)));
}

TEST_P(ReplayedSearch, ExploresWhileItsPointIsRunning) {
  const auto search = Make(ProblemOver({Double("-5", "4"), Double("-5", "4")}));
  const auto points = Asked(*search, Sphere, 12);
  const Proposals first = search->Suggest(13, 1);
  ObservedTrial trial{13, first.list.front().point, Outcome::kRunning, {}, {}};

  search->Observe({&trial, 1});
  const Proposals beside = search->Suggest(14, 3);
  trial.outcome = Outcome::kFailed;
  search->Observe({&trial, 1});
  const Proposals after = search->Suggest(14, 1);

  EXPECT_EQ(first.list.front().why.origin, Origin::kModel);
  for (const Proposal& proposal : beside.list) {
    EXPECT_EQ(proposal.why.origin, Origin::kExplored);
    EXPECT_NE(proposal.point, trial.point);
  }
  EXPECT_EQ(after.list.front().why.origin, Origin::kModel);
}

TEST_P(ReplayedSearch, GetsAlongWithEightTrialsAtATime) {
  for (const KnownMinimum& known : KnownMinima()) {
    const double best = Minimise(GetParam().name, ProblemOver(known.space), 1200, 8, known.loss);
    EXPECT_LT(best, known.minimum + 1e-6) << known.name;
  }
}

TEST_P(ReplayedSearch, StepsAsideFromTrialsThatFail) {
  // The middle, where every search begins, and a strip beside the minimum fail.
  const double best =
      Minimum(ProblemOver({Double("-5", "5"), Double("-5", "5")}), 600, [](const Point& x) {
        const bool fails = (std::abs(x[0]) < 1 && std::abs(x[1]) < 1) || x[0] > 3;
        return fails ? NAN : Square(x[0] - 2.5) + Square(x[1] + 2);
      });
  EXPECT_LT(best, 1e-4);
}

TEST_P(ReplayedSearch, FindsTheBestOfIntsStepsAndOrderedLists) {
  const Problem problem = ProblemOver({Int("1", "30"),
                                       Int("10", "200", "10"),
                                       Double("0.001", "1", "", Distribution::kLogUniform),
                                       Numbers({"64", "8", "16", "32"}),
                                       Double("5", "5", "1")});
  // The list's numbers, in the order in which they are given.
  const double list[] = {64, 8, 16, 32};
  const auto loss = [&](const Point& x) {
    return Square((x[0] - 23) / 30) + Square((x[1] - 160) / 200) + Square(std::log10(x[2]) + 2) +
           Square(std::log2(list[static_cast<std::size_t>(x[3])]) - 5);
  };

  EXPECT_LT(Minimum(problem, 600, loss), 2e-3);
}

// direct has no initial step: it divides the whole range.
TEST_P(ReplayedSearch, HasTheFirstStepThatIsAskedFor) {
  Problem problem = ProblemOver({Double("0", "100"), Double("0", "100")});
  if (Find(GetParam().name)->settings.size() < 2) {
    EXPECT_EQ(Find(GetParam().name)->name, "direct");
    return;
  }
  problem.settings = {{"initial_step", "0.125"}};

  const auto points = Asked(*Make(problem), Sphere, 2);

  EXPECT_EQ(points[0], (Point{50, 50}));
  EXPECT_NEAR(std::hypot(points[1][0] - 50, points[1][1] - 50), 12.5, 1e-9);
}

TEST_P(ReplayedSearch, RefusesWordsConditionsAndTooManyParameters) {
  const Algorithm& algorithm = *Find(GetParam().name);
  FieldErrors errors;

  algorithm.check(ProblemOver({Double("0", "1"), Words({"a", "b"}), Words({"c"})}), errors);
  algorithm.check(ProblemOver(std::vector<ParameterSpec>(51, Double("0", "1"))), errors);

  ASSERT_THAT(errors, SizeIs(2));
  EXPECT_EQ(errors[0].field, "spec.parameters[1].parameterType");
  EXPECT_THAT(errors[0].message, HasSubstr("x1"));
  EXPECT_THAT(errors[1].message, HasSubstr("at most 50 parameters; use cmaes"));
}

TEST(CheckReplayed, RefusesConditionalParameters) {
  std::vector<Parameter> parameters =
      ProblemOver({Int("1", "3"), Double("0", "1")}).space.parameters();
  FieldErrors errors;
  CheckReplayed("sbplx", parameters, errors);
  EXPECT_THAT(errors, IsEmpty());

  parameters[1].parent = Parameter::Parent{0, {2}};
  CheckReplayed("sbplx", parameters, errors);

  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors[0].field, "spec.parameters[1].activeWhen");
  EXPECT_THAT(errors[0].message, HasSubstr("x1 is not always active"));
}

TEST_P(ReplayedSearch, HasNothingToDoWhereNothingVaries) {
  const auto search = Make(ProblemOver({Double("5", "5", "1"), Int("1", "1")}));

  const Proposals proposals = search->Suggest(1, 2);

  EXPECT_THAT(PointsOf(proposals), ::testing::ElementsAre(Point{5, 1}));
  EXPECT_TRUE(proposals.space_ended);
}

}  // namespace
}  // namespace hone::algorithms
