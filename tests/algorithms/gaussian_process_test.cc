// The Gaussian process: compared with scikit-learn's, and with extreme inputs.
#include "algorithms/numerics/gaussian_process.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/value_scale.h"
#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using Row = std::vector<double>;

struct Reference {
  Row weights;
  double scale;
  double noise;
  std::vector<Row> points;
  Row values;
  std::vector<Row> queries;
  Row means;
  Row variances;
  double negative_log_posterior;
  Row gradient;
};

const std::vector<Reference>& References() {
  static const std::vector<Reference> references = {
#include "tests/algorithms/reference/gaussian.inc"
  };
  return references;
}

Eigen::VectorXd ToVector(const Row& row) {
  return Eigen::Map<const Eigen::VectorXd>(row.data(), static_cast<Eigen::Index>(row.size()));
}

Eigen::MatrixXd ToMatrix(const std::vector<Row>& rows) {
  Eigen::MatrixXd matrix(static_cast<Eigen::Index>(rows.size()),
                         static_cast<Eigen::Index>(rows.front().size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    matrix.row(static_cast<Eigen::Index>(i)) = ToVector(rows[i]);
  }
  return matrix;
}

/// Axes of doubles in [0, 1], and `categories` of three categories after them.
std::vector<Axis> Axes(std::size_t numbers, std::size_t categories = 0) {
  std::vector<ParameterSpec> specs;
  for (std::size_t i = 0; i < numbers; ++i) {
    specs.push_back({"x" + std::to_string(i), ParameterType::kDouble, {"0", "1"}});
  }
  for (std::size_t i = 0; i < categories; ++i) {
    specs.push_back(
        {"c" + std::to_string(i), ParameterType::kCategorical, {"", "", "", {"a", "b", "c"}}});
  }
  FieldErrors errors;
  return MakeAxes(SearchSpace::Make(specs, "spec.parameters", errors).value());
}

void Fill(GaussianProcess& process,
          const GaussianParameters& parameters,
          const Eigen::MatrixXd& points) {
  process.Reset(parameters);
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    process.Append(points.row(i), parameters.noise);
  }
}

/// Points at random in the unit cube.
Eigen::MatrixXd RandomPoints(Eigen::Index count, Eigen::Index axes, std::uint64_t seed) {
  CounterRandom random(seed, 1);
  Eigen::MatrixXd points(count, axes);
  for (Eigen::Index i = 0; i < count; ++i) {
    for (Eigen::Index axis = 0; axis < axes; ++axis) {
      points(i, axis) = random.Uniform();
    }
  }
  return points;
}

GaussianParameters ParametersOf(const Reference& reference) {
  return {ToVector(reference.weights), reference.scale, reference.noise};
}

TEST(GaussianProcess, PredictsAsAnIndependentOne) {
  for (const Reference& reference : References()) {
    const GaussianKernel kernel(Axes(reference.weights.size()));
    GaussianProcess process(kernel);
    Fill(process, ParametersOf(reference), ToMatrix(reference.points));
    process.SetValues(ToVector(reference.values));

    const auto prediction = process.Predict(ToMatrix(reference.queries));

    for (std::size_t i = 0; i < reference.queries.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      EXPECT_NEAR(prediction.mean[row], reference.means[i], 1e-7);
      EXPECT_NEAR(prediction.variance[row], reference.variances[i], 1e-7);
      const auto slope = process.PredictSlope(ToVector(reference.queries[i]));
      EXPECT_NEAR(slope.mean, reference.means[i], 1e-7);
      EXPECT_NEAR(slope.variance, reference.variances[i], 1e-7);
    }
  }
}

TEST(GaussianProcess, HasTheLikelihoodAndGradientOfAnIndependentOne) {
  for (const Reference& reference : References()) {
    const GaussianKernel kernel(Axes(reference.weights.size()));
    const auto axes = static_cast<Eigen::Index>(reference.weights.size());
    Eigen::VectorXd parameters(axes + 2);
    parameters << ToVector(reference.weights), reference.scale, reference.noise;
    Eigen::VectorXd gradient;

    const double value = NegativeLogPosterior(kernel,
                                              ToMatrix(reference.points),
                                              ToVector(reference.values),
                                              parameters.array().log(),
                                              gradient);

    EXPECT_NEAR(value, reference.negative_log_posterior, 1e-6 * std::abs(value));
    EXPECT_LT((gradient - ToVector(reference.gradient)).norm(), 1e-4 * (1 + gradient.norm()));
  }
}

TEST(GaussianProcess, HasTheSlopesOfItsPredictions) {
  const Reference& reference = References().back();
  const GaussianKernel kernel(Axes(reference.weights.size()));
  GaussianProcess process(kernel);
  Fill(process, ParametersOf(reference), ToMatrix(reference.points));
  process.SetValues(ToVector(reference.values));
  const Eigen::VectorXd at = ToVector(reference.queries.front());
  const auto slope = process.PredictSlope(at);

  for (Eigen::Index axis = 0; axis < at.size(); ++axis) {
    const Eigen::VectorXd step = 1e-5 * Eigen::VectorXd::Unit(at.size(), axis);
    const auto above = process.PredictSlope(at + step);
    const auto below = process.PredictSlope(at - step);
    EXPECT_NEAR(slope.mean_gradient[axis], (above.mean - below.mean) / 2e-5, 1e-4);
    EXPECT_NEAR(slope.variance_gradient[axis], (above.variance - below.variance) / 2e-5, 1e-4);
  }
}

TEST(GaussianProcess, IsTheSameWhetherItsPointsComeAtOnceOrOneByOne) {
  const Reference& reference = References().back();
  const GaussianKernel kernel(Axes(reference.weights.size()));
  const Eigen::MatrixXd points = ToMatrix(reference.points);
  GaussianProcess at_once(kernel);
  Fill(at_once, ParametersOf(reference), points);
  GaussianProcess one_by_one(kernel);
  Fill(one_by_one, ParametersOf(reference), points.topRows(3));
  one_by_one.Append(Eigen::VectorXd::Constant(points.cols(), 0.123), 0.5);
  one_by_one.Truncate(3);
  for (Eigen::Index i = 3; i < points.rows(); ++i) {
    one_by_one.Append(points.row(i), reference.noise);
  }
  at_once.SetValues(ToVector(reference.values));
  one_by_one.SetValues(ToVector(reference.values));

  const Eigen::MatrixXd queries = ToMatrix(reference.queries);
  EXPECT_TRUE((at_once.Predict(queries).mean == one_by_one.Predict(queries).mean).all());
  EXPECT_TRUE((at_once.Predict(queries).variance == one_by_one.Predict(queries).variance).all());
}

TEST(GaussianProcess, LearnsNothingButCertaintyFromARunningTrial) {
  const Reference& reference = References().front();
  const GaussianKernel kernel(Axes(1));
  GaussianProcess process(kernel);
  Fill(process, ParametersOf(reference), ToMatrix(reference.points));
  process.SetValues(ToVector(reference.values));
  const Eigen::VectorXd at = Eigen::VectorXd::Constant(1, 0.5);
  const auto before = process.PredictSlope(at);

  process.Append(at, 1e-6);
  process.SetValues(ToVector(reference.values));
  const auto after = process.PredictSlope(at);

  EXPECT_NEAR(after.mean, before.mean, 1e-9);
  EXPECT_LT(after.variance, before.variance);
  EXPECT_LT(after.variance, 2e-6);
}

TEST(GaussianProcess, KeepsApartCategoriesAndWhatIsNotActive) {
  const GaussianKernel kernel(Axes(1, 1));
  const double nan = std::nan("");
  Eigen::MatrixXd points(4, 2);
  points << 0.5, 0, 0.5, 1, nan, 2, 0.2, 0;
  const GaussianParameters parameters{Eigen::Vector2d(4, 2), 1, 0.01};
  const auto matern = [](double square) {
    const double r = std::sqrt(5 * square);
    return (1 + r + r * r / 3) * std::exp(-r);
  };
  Eigen::ArrayXd row(4);

  kernel.Between(points.row(0).transpose(), points, parameters, row);
  EXPECT_NEAR(row[0], 1, 1e-12);
  EXPECT_NEAR(row[1], matern(2), 1e-12);
  EXPECT_NEAR(row[2], matern(4 + 2), 1e-12);
  EXPECT_NEAR(row[3], matern(4 * 0.09), 1e-12);
  kernel.Between(points.row(2).transpose(), points, parameters, row);
  EXPECT_NEAR(row[2], 1, 1e-12);
  EXPECT_NEAR(row[3], matern(4 + 2), 1e-12);
}

TEST(GaussianProcess, BearsFiftyCopiesOfOnePoint) {
  const GaussianKernel kernel(Axes(2));
  GaussianProcess process(kernel);
  Eigen::MatrixXd points = Eigen::MatrixXd::Constant(50, 2, 0.5);
  points(49, 0) = 0.500001;
  Fill(process, {Eigen::Vector2d(1, 1), 1, 1e-10}, points);
  process.SetValues(Eigen::VectorXd::Constant(50, 0.7));

  const auto prediction = process.Predict(Eigen::MatrixXd::Constant(1, 2, 0.5));

  EXPECT_NEAR(prediction.mean[0], 0.7, 1e-3);
  EXPECT_GT(prediction.variance[0], 0);
}

TEST(GaussianFit, FindsTheAxisThatMatters) {
  const GaussianKernel kernel(Axes(3));
  const Eigen::MatrixXd points = RandomPoints(60, 3, 1);
  Eigen::VectorXd values = (9 * points.col(1).array()).sin();
  values.array() -= values.mean();
  values /= std::sqrt(values.squaredNorm() / 60);

  const GaussianParameters fitted = FitParameters(kernel, points, values);

  EXPECT_GT(fitted.weights[1], 20 * fitted.weights[0]);
  EXPECT_GT(fitted.weights[1], 20 * fitted.weights[2]);
  EXPECT_LT(fitted.noise, 1e-2);
}

TEST(GaussianFit, SeesNoiseAsNoise) {
  const GaussianKernel kernel(Axes(2));
  const Eigen::VectorXd values = 2 * RandomPoints(80, 1, 3).array() - 1;

  EXPECT_GT(FitParameters(kernel, RandomPoints(80, 2, 2), values).noise, 0.05);
}

TEST(ValueScale, KeepsTheOrderAndCompressesTheBadHalf) {
  const Eigen::VectorXd scaled = ScaleValues({0, 1, 2, 3, 4, 5, 1e12});

  for (Eigen::Index i = 1; i < scaled.size(); ++i) {
    EXPECT_GT(scaled[i], scaled[i - 1]);
  }
  EXPECT_NEAR(scaled[1] - scaled[0], scaled[3] - scaled[2], 1e-12);
  EXPECT_LT(scaled[6] - scaled[5], 40 * (scaled[3] - scaled[0]));
  EXPECT_NEAR(scaled.mean(), 0, 1e-12);
  EXPECT_NEAR(scaled.squaredNorm(), 7, 1e-9);
}

TEST(ValueScale, MakesAFailureWorseThanAnyValue) {
  const double nan = std::nan("");

  for (const auto& values : {std::vector<double>{1, 2, nan},
                             std::vector<double>{3, 3, nan},
                             std::vector<double>{-1e308, 1e308, nan},
                             std::vector<double>{5, nan}}) {
    const Eigen::VectorXd scaled = ScaleValues(values);

    EXPECT_GT(scaled.tail(1)[0], scaled.head(scaled.size() - 1).maxCoeff() + 0.1) << values[0];
    EXPECT_TRUE(scaled.allFinite());
  }
}

TEST(ValueScale, BearsOddValues) {
  const double nan = std::nan("");
  EXPECT_EQ(ScaleValues({3, 3, 3}), Eigen::VectorXd::Zero(3));
  EXPECT_EQ(ScaleValues({nan, nan}), Eigen::VectorXd::Zero(2));
  EXPECT_EQ(ScaleValues({}).size(), 0);
  const Eigen::VectorXd infinite = ScaleValues({1, -HUGE_VAL, 3, HUGE_VAL, 2});
  EXPECT_EQ(infinite[1], infinite[0]);
  EXPECT_EQ(infinite[3], infinite[2]);
  EXPECT_LT(infinite[0], infinite[4]);
  EXPECT_LT(infinite[4], infinite[2]);
  for (const auto& values : {std::vector<double>{HUGE_VAL, HUGE_VAL},
                             std::vector<double>{1e300, -1e300, 1e-300, 5e-324},
                             std::vector<double>{1.7e308, -1.7e308, 0},
                             std::vector<double>{5e-324, 1e-320, 0}}) {
    EXPECT_TRUE(ScaleValues(values).allFinite());
  }
}

}  // namespace
}  // namespace hone::algorithms
