// Acquisition: the expected benefit of a point for which a model predicts mean and variance; larger
// is better. All functions assume that smaller objective values are better. Pure functions.
#pragma once

namespace hone::algorithms {

/// kExpectedImprovement: log of the expected improvement on the best value (Ament et al.,
/// "Unexpected improvements to expected improvement", 2023). kProbability: log of the probability
/// of any improvement. kConfidenceBound: minus the lower confidence bound at 1.96 deviations.
enum class Acquisition { kExpectedImprovement, kProbability, kConfidenceBound };

struct AcquisitionValue {
  double value = 0;
  double over_mean = 0;
  double over_variance = 0;
};

/// The value and its derivatives; finite for any finite mean and best and variance > 0.
AcquisitionValue Evaluate(Acquisition acquisition, double mean, double variance, double best);

}  // namespace hone::algorithms
