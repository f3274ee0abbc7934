// Acquisition functions: against 60 digits, and their derivatives against differences.
#include "algorithms/numerics/acquisition.h"

#include <cmath>

#include <gtest/gtest.h>

namespace hone::algorithms {
namespace {

struct Reference {
  double mean;
  double variance;
  double best;
  double log_improvement;
  double log_probability;
};
constexpr Reference kReferences[] = {
#include "tests/algorithms/reference/acquisition.inc"
};

TEST(Acquisition, AgreesWithManyDigits) {
  for (const Reference& reference : kReferences) {
    const auto value = [&](Acquisition acquisition) {
      return Evaluate(acquisition, reference.mean, reference.variance, reference.best).value;
    };
    const double expected = value(Acquisition::kExpectedImprovement);
    const double probability = value(Acquisition::kProbability);
    EXPECT_NEAR(expected, reference.log_improvement, 1e-8 * (1 + std::abs(expected)))
        << reference.mean << " " << reference.variance;
    EXPECT_NEAR(probability, reference.log_probability, 1e-8 * (1 + std::abs(probability)))
        << reference.mean << " " << reference.variance;
  }
}

TEST(Acquisition, HasTheSlopesOfItsValues) {
  for (const Acquisition acquisition : {Acquisition::kExpectedImprovement,
                                        Acquisition::kProbability,
                                        Acquisition::kConfidenceBound}) {
    for (const double mean : {-3.0, -0.1, 0.2, 2.0, 10.0, 35.0}) {
      const double variance = 0.8;
      const double step = 1e-6;
      const auto value = [&](double m, double v) {
        return Evaluate(acquisition, m, v, 0.1).value;
      };
      const AcquisitionValue at = Evaluate(acquisition, mean, variance, 0.1);
      const double over_mean =
          (value(mean + step, variance) - value(mean - step, variance)) / (2 * step);
      const double over_variance =
          (value(mean, variance + step) - value(mean, variance - step)) / (2 * step);
      EXPECT_NEAR(at.over_mean, over_mean, 1e-5 * (1 + std::abs(over_mean))) << mean;
      EXPECT_NEAR(at.over_variance, over_variance, 1e-5 * (1 + std::abs(over_variance))) << mean;
    }
  }
}

TEST(Acquisition, IsFiniteFarFromAnyHope) {
  for (const double mean : {40.0, 1e3, 1e6, 1e100, -1e6}) {
    for (const double variance : {1e-10, 1.0}) {
      const AcquisitionValue at = Evaluate(Acquisition::kExpectedImprovement, mean, variance, 0);
      EXPECT_TRUE(std::isfinite(at.value)) << mean << " " << variance;
      EXPECT_TRUE(std::isfinite(at.over_mean)) << mean << " " << variance;
      EXPECT_TRUE(std::isfinite(at.over_variance)) << mean << " " << variance;
      EXPECT_LE(at.over_mean, 0);
    }
  }
}

}  // namespace
}  // namespace hone::algorithms
