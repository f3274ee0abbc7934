#include "algorithms/numerics/box_minimum.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <utility>
#include <vector>

namespace hone::algorithms {
namespace {

constexpr std::size_t kMemory = 8;
constexpr int kHalvingsMax = 20;
/// Armijo's constant.
constexpr double kSufficientDecrease = 1e-4;

/// The most recent changes of point and gradient, from which L-BFGS estimates the curvature.
class Curvature {
 public:
  void Add(Eigen::VectorXd step, Eigen::VectorXd change) {
    const double product = step.dot(change);
    if (!(product > 1e-12 * step.norm() * change.norm())) {
      return;
    }
    pairs_.push_back({std::move(step), std::move(change), product});
    if (pairs_.size() > kMemory) {
      pairs_.pop_front();
    }
  }
  void Clear() { pairs_.clear(); }

  /// Minus the inverse Hessian times `gradient` (Nocedal 1980, the two loops). Coordinates whose
  /// gradient is 0 do not move.
  [[nodiscard]] Eigen::VectorXd Direction(const Eigen::VectorXd& gradient) const {
    Eigen::VectorXd direction = -gradient;
    std::vector<double> shares(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      shares[i] = pairs_[i].step.dot(direction) / pairs_[i].product;
      direction -= shares[i] * pairs_[i].change;
    }
    if (!pairs_.empty()) {
      direction *= pairs_.back().product / pairs_.back().change.squaredNorm();
    }
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const double share = pairs_[i].change.dot(direction) / pairs_[i].product;
      direction += (shares[i] - share) * pairs_[i].step;
    }
    for (Eigen::Index i = 0; i < gradient.size(); ++i) {
      direction[i] = gradient[i] == 0 ? 0 : direction[i];
    }
    return direction;
  }

 private:
  struct Pair {
    Eigen::VectorXd step;
    Eigen::VectorXd change;
    double product;
  };
  std::deque<Pair> pairs_;
};

class Search {
 public:
  Search(const SmoothFunction& function, const BoxMinimumOptions& options)
      : function_(function), options_(options) {}

  BoxMinimum Run(const Eigen::VectorXd& start) {
    point_ = start.cwiseMax(options_.lower).cwiseMin(options_.upper);
    value_ = Evaluate(point_, gradient_);
    while (std::isfinite(value_) && evaluations_ < options_.evaluations_max && Step()) {
    }
    return {point_, value_, evaluations_};
  }

 private:
  double Evaluate(const Eigen::VectorXd& point, Eigen::VectorXd& gradient) {
    ++evaluations_;
    gradient.setZero(point.size());
    const double value = function_(point, gradient);
    return std::isfinite(value) && gradient.allFinite() ? value
                                                        : std::numeric_limits<double>::infinity();
  }

  /// The gradient without the coordinates that are at a bound and whose step would leave the box.
  [[nodiscard]] Eigen::VectorXd FreeGradient() const {
    Eigen::VectorXd free = gradient_;
    for (Eigen::Index i = 0; i < free.size(); ++i) {
      const bool is_held = (point_[i] <= options_.lower[i] && free[i] > 0) ||
                           (point_[i] >= options_.upper[i] && free[i] < 0);
      free[i] = is_held ? 0 : free[i];
    }
    return free;
  }

  /// False at the end of the search.
  bool Step() {
    const Eigen::VectorXd free = FreeGradient();
    const double steepest = free.size() == 0 ? 0 : free.cwiseAbs().maxCoeff();
    if (steepest <= options_.gradient_tolerance) {
      return false;
    }
    Eigen::VectorXd direction = curvature_.Direction(free);
    if (!(direction.dot(free) < 0) || !direction.allFinite()) {
      curvature_.Clear();
      direction = -free;
    }
    if (is_first_) {  // the scale is not known yet
      direction *= std::min(1.0, 0.1 * (options_.upper - options_.lower).maxCoeff() / steepest);
      is_first_ = false;
    }
    return Descend(direction);
  }

  bool Descend(const Eigen::VectorXd& direction) {
    Eigen::VectorXd gradient;
    double length = 1;
    for (int i = 0; i < kHalvingsMax && evaluations_ < options_.evaluations_max; ++i) {
      Eigen::VectorXd next =
          (point_ + length * direction).cwiseMax(options_.lower).cwiseMin(options_.upper);
      const double gain = gradient_.dot(next - point_);
      const double value = Evaluate(next, gradient);
      if (value <= value_ + kSufficientDecrease * gain && gain < 0) {
        const double gained = value_ - value;
        curvature_.Add(next - point_, gradient - gradient_);
        point_ = std::move(next);
        gradient_ = std::move(gradient);
        const double before = std::exchange(value_, value);
        return gained > options_.value_tolerance * std::max(1.0, std::abs(before));
      }
      length *= Shrink(value, gain);
    }
    return false;
  }

  /// Factor for the next, shorter step: the minimum of the parabola through the known values.
  [[nodiscard]] double Shrink(double value, double gain) const {
    const double bend = value - value_ - gain;
    return std::isfinite(bend) && bend > 0 ? std::clamp(-gain / (2 * bend), 0.1, 0.5) : 0.25;
  }

  const SmoothFunction& function_;
  const BoxMinimumOptions& options_;
  Curvature curvature_;
  Eigen::VectorXd point_;
  Eigen::VectorXd gradient_;
  double value_ = 0;
  int evaluations_ = 0;
  bool is_first_ = true;
};

}  // namespace

BoxMinimum MinimiseInBox(const SmoothFunction& function,
                         const Eigen::VectorXd& start,
                         const BoxMinimumOptions& options) {
  return Search(function, options).Run(start);
}

}  // namespace hone::algorithms
