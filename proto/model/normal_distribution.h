// The standard normal distribution: its distribution function and the inverse. Pure functions.
#pragma once

namespace hone {

/// The probability of a value below `z`.
double NormalProbability(double z);

/// The z with NormalProbability(z) == p, to about 1e-15 relative; p in (0, 1). Infinite at 0 and 1.
double NormalQuantile(double p);

/// The same to about 1e-9 relative, for draws; several times as fast.
double NormalQuantileEstimate(double p);

/// The quantile `p` of the normal distribution cut to [from, to].
struct TruncatedNormal {
  double mean = 0;
  double deviation = 1;
  double from = 0;
  double to = 0;
  [[nodiscard]] double Quantile(double p) const;
};

}  // namespace hone
