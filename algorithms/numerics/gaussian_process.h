// GaussianProcess: a posterior over functions, given values at some points (Rasmussen and Williams,
// "Gaussian processes for machine learning", 2006). Matern-5/2 kernel with a length for each axis:
// an axis of categories adds 1 to the squared distance where two points differ, and so does any
// axis that is active in only one of them.
//
// Points are rows of a matrix, axes are columns: a coordinate in [0, 1] or a category's index; NaN
// where the axis is not active. The inverse of the Cholesky factor is kept, so that adding a point
// costs O(points^2); predictions depend only on the points and their order. One owner, one thread.
#pragma once

#include <span>
#include <vector>

#include <Eigen/Core>

#include "algorithms/numerics/axis.h"
#include "algorithms/numerics/gaussian_loops.h"

namespace hone::algorithms {

/// Parameters of the kernel.
struct GaussianParameters {
  /// 1 / length^2 of each axis; 0 for an axis that does not matter.
  Eigen::VectorXd weights;
  /// The variance of the function and that of the noise, for values of variance 1.
  double scale = 1;
  double noise = 1e-2;
};

/// Squared distances and the kernel that follows from them.
class GaussianKernel {
 public:
  explicit GaussianKernel(std::span<const Axis> axes);

  [[nodiscard]] Eigen::Index axes() const { return static_cast<Eigen::Index>(kinds_.size()); }
  /// Adds `weight` times the squared distance on one axis between `coordinate` and each of
  /// `column`.
  void AddDistances(Eigen::Index axis,
                    double coordinate,
                    double weight,
                    const Eigen::Ref<const Eigen::ArrayXd>& column,
                    Eigen::Ref<Eigen::ArrayXd> distances) const;
  /// The kernel between `point` and every row of `points`.
  void Between(const Eigen::Ref<const Eigen::VectorXd>& point,
               const Eigen::Ref<const Eigen::MatrixXd>& points,
               const GaussianParameters& parameters,
               Eigen::Ref<Eigen::ArrayXd> kernel) const;

  enum class Kind { kFixed, kNumber, kCategory };
  [[nodiscard]] Kind KindOf(Eigen::Index axis) const {
    return kinds_[static_cast<std::size_t>(axis)];
  }

 private:
  std::vector<Kind> kinds_;
};

/// The most likely parameters given `values` (of mean 0 and variance 1) at `points`, under the
/// priors of Optuna 5's GPSampler: Gamma(2, 1) for the scale, Gamma(1.1, 30) for the noise, and for
/// each weight log p = -0.1 (w + 1/w), with 5 log(1 + w/5) in the place of w, so that large weights
/// (short lengths) stay plausible where the values support them. Always from the same two starts: a
/// function of its arguments.
GaussianParameters FitParameters(const GaussianKernel& kernel,
                                 const Eigen::MatrixXd& points,
                                 const Eigen::VectorXd& values);

/// -log p(values | parameters) - log p(parameters), up to a constant, over the logarithms of
/// (weights, scale, noise); fills the gradient. Infinite where the kernel matrix is singular.
double NegativeLogPosterior(const GaussianKernel& kernel,
                            const Eigen::MatrixXd& points,
                            const Eigen::VectorXd& values,
                            const Eigen::VectorXd& log_parameters,
                            Eigen::VectorXd& gradient);

class GaussianProcess {
 public:
  struct Prediction {
    Eigen::ArrayXd mean;
    Eigen::ArrayXd variance;
  };
  struct Slope {
    double mean = 0;
    double variance = 0;
    Eigen::VectorXd mean_gradient;
    Eigen::VectorXd variance_gradient;
  };

  /// `kernel` outlives the process.
  explicit GaussianProcess(const GaussianKernel& kernel) : kernel_(kernel) {}

  /// Starts over, without points.
  void Reset(GaussianParameters parameters);
  /// Adds a point at the end, whose value has noise of variance `noise`.
  void Append(const Eigen::VectorXd& point, double noise);
  /// Forgets all points but the first `count`.
  void Truncate(Eigen::Index count) { size_ = std::min(size_, count); }
  /// Sets the values of the first values.size() points. Later points have none: they reduce the
  /// variance and leave the mean unchanged.
  void SetValues(const Eigen::VectorXd& values);

  [[nodiscard]] Eigen::Index size() const { return size_; }
  [[nodiscard]] const GaussianParameters& parameters() const { return parameters_; }
  /// The rows in use.
  [[nodiscard]] auto points() const { return points_.topRows(size_); }

  /// The prediction for the function (without noise) at each row of `points`.
  [[nodiscard]] Prediction Predict(const Eigen::MatrixXd& points) const;
  /// The same at one point, with the gradients with respect to its numbers; 0 for the other axes.
  [[nodiscard]] Slope PredictSlope(const Eigen::VectorXd& point) const;
  /// The mean at one point, in O(points).
  [[nodiscard]] double Mean(const Eigen::VectorXd& point) const;
  /// The mean at the points that have values.
  [[nodiscard]] Eigen::VectorXd MeanAtValues() const;

 private:
  using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  void Reserve(Eigen::Index size);
  using Product = decltype(wide::TriangularTimes);
  /// The inverse of the factor of the first vector.size() points, or its transpose
  /// (wide::TransposedTimes), times `vector`.
  [[nodiscard]] Eigen::VectorXd TimesInverse(Product& product, const Eigen::VectorXd& vector) const;

  const GaussianKernel& kernel_;
  GaussianParameters parameters_;
  Eigen::Index size_ = 0;
  Eigen::MatrixXd points_;
  /// The inverse of the lower Cholesky factor.
  RowMatrix inverse_factor_;
  Eigen::VectorXd values_;
  /// The inverse of the kernel matrix times the values.
  Eigen::VectorXd alpha_;
};

}  // namespace hone::algorithms
