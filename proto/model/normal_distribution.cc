#include "proto/model/normal_distribution.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace hone {
namespace {

// P. J. Acklam's rational approximation (2003), relative error 1.15e-9, for p <= 0.5.
double LowerQuantileEstimate(double p) {
  constexpr double kTail = 0.02425;
  if (p < kTail) {
    const double q = std::sqrt(-2 * std::log(p));
    const double numerator =
        ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e+00) * q -
          2.549732539343734e+00) *
             q +
         4.374664141464968e+00) *
            q +
        2.938163982698783e+00;
    const double denominator =
        (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e+00) * q +
         3.754408661907416e+00) *
            q +
        1;
    return numerator / denominator;
  }
  const double q = p - 0.5;
  const double r = q * q;
  const double numerator =
      (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r +
         1.383577518672690e+02) *
            r -
        3.066479806614716e+01) *
           r +
       2.506628277459239e+00) *
      q;
  const double denominator =
      ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r +
        6.680131188771972e+01) *
           r -
       1.328068155288572e+01) *
          r +
      1;
  return numerator / denominator;
}

}  // namespace

double NormalProbability(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double NormalQuantileEstimate(double p) {
  return p > 0.5 ? -LowerQuantileEstimate(1 - p) : LowerQuantileEstimate(p);
}

double NormalQuantile(double p) {
  if (p > 0.5) {
    return -NormalQuantile(1 - p);
  }
  if (!(p > 0)) {
    return -std::numeric_limits<double>::infinity();
  }
  const double z = LowerQuantileEstimate(p);
  // One step of Halley's method brings the estimate to the precision of a double.
  const double density = std::exp(-z * z / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  if (density == 0) {
    return z;
  }
  const double u = (NormalProbability(z) - p) / density;
  return z - u / (1 + z * u / 2);
}

double TruncatedNormal::Quantile(double p) const {
  const double below = NormalProbability((from - mean) / deviation);
  const double above = NormalProbability((to - mean) / deviation);
  return mean + deviation * NormalQuantile(std::lerp(below, above, p));
}

}  // namespace hone
