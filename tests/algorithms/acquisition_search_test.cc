// Tests of the search for the maximum of an acquisition function.
#include "algorithms/numerics/acquisition_search.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "algorithms/numerics/unseen_points.h"
#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

Eigen::VectorXd ModelOf(const std::vector<Axis>& axes, const Point& point) {
  const std::vector<double> model = ToModel(axes, point);
  return Eigen::Map<const Eigen::VectorXd>(model.data(), static_cast<Eigen::Index>(model.size()));
}

TEST(AcquisitionSearch, StaysInARegionWhoseSidesFollowTheLengthsOfTheKernel) {
  const Problem problem =
      ProblemOver({Double("0", "1"), Double("0", "1"), Int("0", "1000"), Words({"a", "b", "c"})});
  const std::vector<Axis> axes = MakeAxes(problem.space);
  const GaussianKernel kernel(axes);
  GaussianProcess process(kernel);
  // Lengths of 1/4, 1 and 1/2: their geometric mean is 1/2.
  process.Reset({Eigen::Vector4d(16, 1, 4, 1), 1, 1e-4});
  std::vector<double> values;
  for (std::uint64_t ordinal = 1; ordinal <= 20; ++ordinal) {
    process.Append(ModelOf(axes, RandomPoint(problem.space, 1, ordinal, 0)), 1e-4);
    values.push_back(static_cast<double>(ordinal % 7));
  }
  process.SetValues(Eigen::Map<const Eigen::VectorXd>(values.data(), 20));
  const std::vector<Point> incumbents = {{0.5, 0.9, 300, 1}, {0.1, 0.1, 900, 2}};

  const std::vector<RankedPoint> found = SearchAcquisition({.space = problem.space,
                                                            .axes = axes,
                                                            .process = process,
                                                            .incumbents = incumbents,
                                                            .region = 0.2});

  ASSERT_GE(found.size(), 10U);
  for (const RankedPoint& each : found) {
    EXPECT_NEAR(each.point[0], 0.5, 0.05 + 1e-12);
    EXPECT_NEAR(each.point[1], 0.9, 0.2 + 1e-12);
    EXPECT_LE(each.point[1], 1);
    EXPECT_NEAR(each.point[2], 300, 101);  // one cell more, because the cells have a width
  }
}

}  // namespace
}  // namespace hone::algorithms
