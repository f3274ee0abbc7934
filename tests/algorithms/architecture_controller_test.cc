#include "algorithms/numerics/architecture_controller.h"

#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::algorithms {
namespace {

using ::testing::DoubleNear;
using ::testing::Gt;
using ::testing::Lt;

constexpr ArchitectureLayout kLayout{3, 4};

ControllerOptions SmallOptions() {
  return {
      .hidden = 5,
      .temperature = 5,
      .tanh_constant = 2.25,
      .entropy_weight = 0.3,
      .skip_target = 0.4,
      .skip_weight = 0.8,
      .learning_rate = 0.01,
  };
}

/// The largest difference between the gradient and finite differences of the loss.
double GradientError(const ControllerOptions& options, const Point& point) {
  constexpr double kStep = 1e-6;
  ArchitectureController controller(kLayout, options, 7);
  controller.weights() *= 5;
  // Far below the probable values, so that the sample's weight is cut at 1 and stays constant.
  constexpr double kReference = -1000;
  Eigen::VectorXd gradient(controller.weights().size());
  Eigen::VectorXd unused(controller.weights().size());
  controller.Loss(point, 1.5, kReference, gradient);
  double worst = 0;
  for (Eigen::Index i = 0; i < gradient.size(); ++i) {
    const double weight = controller.weights()[i];
    controller.weights()[i] = weight + kStep;
    const double above = controller.Loss(point, 1.5, kReference, unused);
    controller.weights()[i] = weight - kStep;
    const double below = controller.Loss(point, 1.5, kReference, unused);
    controller.weights()[i] = weight;
    worst = std::max(worst, std::abs((above - below) / (2 * kStep) - gradient[i]));
  }
  EXPECT_THAT(gradient.norm(), Gt(0.1));
  return worst;
}

TEST(ArchitectureController, HasTheGradientOfItsLoss) {
  ControllerOptions plain = SmallOptions();
  plain.temperature = plain.tanh_constant = plain.entropy_weight = plain.skip_weight = std::nullopt;

  for (const Point& point :
       {Point{0, 3, 1, 2, 1, 0}, Point{1, 1, 0, 1, 0, 0}, Point{3, 0, 1, 0, 1, 1}}) {
    EXPECT_THAT(GradientError(SmallOptions(), point), Lt(1e-8));
    EXPECT_THAT(GradientError(plain, point), Lt(1e-8));
  }
}

TEST(ArchitectureController, SamplesAsOftenAsItsProbabilitiesSay) {
  ArchitectureController controller({2, 2}, SmallOptions(), 7);
  controller.weights() *= 20;
  std::map<Point, double> shares;
  constexpr int kSamples = 20'000;

  for (std::uint64_t i = 0; i < kSamples; ++i) {
    CounterRandom random(3, i);
    shares[controller.Sample(random)] += 1.0 / kSamples;
  }

  double sum = 0;
  for (const auto& [point, share] : shares) {
    const double expected = std::exp(controller.LogProbability(point));
    EXPECT_THAT(share, DoubleNear(expected, 0.015));
    sum += expected;
  }
  EXPECT_THAT(sum, DoubleNear(1, 1e-9));
}

TEST(ArchitectureController, RaisesTheProbabilityOfARewardedArchitecture) {
  const Point good{0, 3, 1, 2, 1, 0};
  const Point bad{1, 1, 0, 1, 0, 1};
  ArchitectureController controller(kLayout, SmallOptions(), 7);
  const double good_before = controller.LogProbability(good);
  const double bad_before = controller.LogProbability(bad);

  for (int i = 0; i < 50; ++i) {
    controller.Train(good, 1, good_before);
    controller.Train(bad, -1, bad_before);
  }

  EXPECT_THAT(controller.LogProbability(good), Gt(good_before + 1));
  EXPECT_THAT(controller.LogProbability(bad), Lt(bad_before - 1));
}

TEST(ArchitectureController, DrawsConnectionsToTheirTarget) {
  ControllerOptions options = SmallOptions();
  options.skip_target = 1;
  ArchitectureController controller(kLayout, options, 7);
  const Point none{0, 0, 0, 0, 0, 0};
  const Point all{0, 0, 1, 0, 1, 1};
  const double before = controller.LogProbability(all);

  for (int i = 0; i < 300; ++i) {
    controller.Train(none, 0, 0);
  }

  EXPECT_THAT(controller.LogProbability(all), Gt(before + 1));
  EXPECT_TRUE(controller.weights().allFinite());
}

}  // namespace
}  // namespace hone::algorithms
