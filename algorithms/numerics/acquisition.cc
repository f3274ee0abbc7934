#include "algorithms/numerics/acquisition.h"

#include <cmath>
#include <numbers>

namespace hone::algorithms {
namespace {

/// Below this the tails are worked out from their asymptotic series, whose first dropped term is
/// 1e-9 of the sum here; above it, differences keep 12 digits.
constexpr double kTail = -25;
constexpr double kBoundDeviations = 1.96;

double LogDensity(double z) {
  return -z * z / 2 - std::log(2 * std::numbers::pi) / 2;
}

double Probability(double z) {
  return std::erfc(-z / std::numbers::sqrt2) / 2;
}

struct LogAndSlope {
  double log = 0;
  double slope = 0;
};

/// log(phi(z) + z Phi(z)) and its derivative.
LogAndSlope LogImprovement(double z) {
  if (z > kTail) {
    const double improvement = std::exp(LogDensity(z)) + z * Probability(z);
    return {std::log(improvement), Probability(z) / improvement};
  }
  const double q = 1 / (z * z);
  const double improvement = 1 - q * (3 - q * (15 - q * 105));
  const double probability = 1 - q * (1 - q * (3 - q * 15));
  return {LogDensity(z) + std::log(q) + std::log(improvement), -z * probability / improvement};
}

/// log(Phi(z)) and its derivative.
LogAndSlope LogProbability(double z) {
  if (z > kTail) {
    const double probability = Probability(z);
    return {std::log(probability), std::exp(LogDensity(z)) / probability};
  }
  const double q = 1 / (z * z);
  const double probability = 1 - q * (1 - q * (3 - q * 15));
  return {LogDensity(z) - std::log(-z) + std::log(probability), -z / probability};
}

}  // namespace

AcquisitionValue Evaluate(Acquisition acquisition, double mean, double variance, double best) {
  const double deviation = std::sqrt(variance);
  if (acquisition == Acquisition::kConfidenceBound) {
    return {kBoundDeviations * deviation - mean, -1, kBoundDeviations / (2 * deviation)};
  }
  const double z = (best - mean) / deviation;
  const bool is_expected = acquisition == Acquisition::kExpectedImprovement;
  const LogAndSlope at = is_expected ? LogImprovement(z) : LogProbability(z);
  const double log = is_expected ? at.log + std::log(deviation) : at.log;
  // z falls by z / deviation as the deviation grows by 1.
  const double over_deviation = ((is_expected ? 1 : 0) - z * at.slope) / deviation;
  return {log, -at.slope / deviation, over_deviation / (2 * deviation)};
}

}  // namespace hone::algorithms
