// MinimiseInBox: the bottom of a smooth function between bounds, by projected L-BFGS (Byrd, Lu,
// Nocedal, Zhu, "A limited memory algorithm for bound constrained optimization", 1995, in the
// simpler form in which a step of L-BFGS on the free coordinates is projected onto the box, as in
// Schmidt, Kim, Sra, "Projected Newton-type methods", 2011). Pure; any thread may call it.
#pragma once

#include <functional>

#include <Eigen/Core>

namespace hone::algorithms {

/// The value at a point; fills the gradient. A value that is not finite marks a point out of
/// bounds: such a point is never returned, unless it is the start.
using SmoothFunction =
    std::function<double(const Eigen::VectorXd& point, Eigen::VectorXd& gradient)>;

struct BoxMinimumOptions {
  Eigen::VectorXd lower;
  Eigen::VectorXd upper;
  /// Maximum number of calls of the function; at least 1.
  int evaluations_max = 100;
  /// The search ends when no coordinate of the projected gradient is larger.
  double gradient_tolerance = 1e-5;
  /// The search ends when a step gains less than this share of the value (or of 1).
  double value_tolerance = 1e-10;
};

struct BoxMinimum {
  Eigen::VectorXd point;
  double value = 0;
  int evaluations = 0;
};

/// The best point seen from `start`, which is moved into the box first. Never throws.
BoxMinimum MinimiseInBox(const SmoothFunction& function,
                         const Eigen::VectorXd& start,
                         const BoxMinimumOptions& options);

}  // namespace hone::algorithms
