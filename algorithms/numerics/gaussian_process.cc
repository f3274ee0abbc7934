#include "algorithms/numerics/gaussian_process.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "algorithms/numerics/gaussian_loops.h"
#include "proto/core/result.h"

namespace hone::algorithms {
namespace {

using Kind = GaussianKernel::Kind;

/// Added to the diagonal with the noise, as a share of the scale: keeps the factor positive.
constexpr double kJitter = 1e-9;
/// Lower bound of a pivot, because points may repeat.
constexpr double kLeastPivot = 1e-10;

std::size_t Count(Eigen::Index size) {
  return static_cast<std::size_t>(size);
}

}  // namespace

GaussianKernel::GaussianKernel(std::span<const Axis> axes) {
  kinds_.reserve(axes.size());
  for (const Axis& axis : axes) {
    kinds_.push_back(axis.kind() == Axis::Kind::kFixed        ? Kind::kFixed
                     : axis.kind() == Axis::Kind::kCategories ? Kind::kCategory
                                                              : Kind::kNumber);
  }
}

void GaussianKernel::AddDistances(Eigen::Index axis,
                                  double coordinate,
                                  double weight,
                                  const Eigen::Ref<const Eigen::ArrayXd>& column,
                                  Eigen::Ref<Eigen::ArrayXd> distances) const {
  const bool is_active = !std::isnan(coordinate);
  switch (KindOf(axis)) {
    case Kind::kFixed:
      return;
    case Kind::kNumber:
      if (is_active) {
        wide::AddSquares(column.data(), Count(column.size()), coordinate, weight, distances.data());
      } else {
        distances += weight * column.isNaN().select(Eigen::ArrayXd::Zero(column.size()), 1.0);
      }
      return;
    case Kind::kCategory:
      if (is_active) {
        distances += weight * (column != coordinate).cast<double>();
      } else {
        distances += weight * (column == column).cast<double>();
      }
      return;
  }
}

void GaussianKernel::Between(const Eigen::Ref<const Eigen::VectorXd>& point,
                             const Eigen::Ref<const Eigen::MatrixXd>& points,
                             const GaussianParameters& parameters,
                             Eigen::Ref<Eigen::ArrayXd> kernel) const {
  kernel.setZero();
  for (Eigen::Index axis = 0; axis < axes(); ++axis) {
    AddDistances(axis, point[axis], parameters.weights[axis], points.col(axis).array(), kernel);
  }
  wide::Matern(kernel.data(), Count(kernel.size()), parameters.scale);
}

void GaussianProcess::Reserve(Eigen::Index size) {
  if (points_.rows() >= size && points_.cols() == kernel_.axes()) {
    return;
  }
  const Eigen::Index capacity = std::max<Eigen::Index>(size, 2 * points_.rows());
  points_.conservativeResize(capacity, kernel_.axes());
  const Eigen::Index before = inverse_factor_.rows();
  inverse_factor_.conservativeResize(capacity, capacity);
  inverse_factor_.rightCols(capacity - before).setZero();
  inverse_factor_.bottomRows(capacity - before).setZero();
}

void GaussianProcess::Reset(GaussianParameters parameters) {
  parameters_ = std::move(parameters);
  size_ = 0;
}

Eigen::VectorXd GaussianProcess::TimesInverse(Product& product,
                                              const Eigen::VectorXd& vector) const {
  Eigen::VectorXd result(vector.size());
  product(inverse_factor_.data(),
          Count(vector.size()),
          Count(inverse_factor_.cols()),
          vector.data(),
          result.data());
  return result;
}

void GaussianProcess::Append(const Eigen::VectorXd& point, double noise) {
  Reserve(size_ + 1);
  Eigen::ArrayXd kernel(size_);
  kernel_.Between(point, points_.topRows(size_), parameters_, kernel);
  const Eigen::VectorXd row = TimesInverse(wide::TriangularTimes, kernel);
  const double own = parameters_.scale * (1 + kJitter) + noise;
  const double pivot = std::sqrt(std::max(own - row.squaredNorm(), kLeastPivot));
  inverse_factor_.row(size_).head(size_) =
      -TimesInverse(wide::TransposedTimes, row).transpose() / pivot;
  inverse_factor_(size_, size_) = 1 / pivot;
  points_.row(size_) = point;
  ++size_;
}

void GaussianProcess::SetValues(const Eigen::VectorXd& values) {
  HONE_CHECK(values.size() <= size_);
  values_ = values;
  alpha_ = TimesInverse(wide::TransposedTimes, TimesInverse(wide::TriangularTimes, values));
}

GaussianProcess::Prediction GaussianProcess::Predict(const Eigen::MatrixXd& points) const {
  constexpr auto kColumns = static_cast<Eigen::Index>(wide::kColumns);
  Prediction prediction{Eigen::ArrayXd(points.rows()), Eigen::ArrayXd(points.rows())};
  // Row i holds the kernels between point i of the process and kColumns of `points`.
  RowMatrix kernels = RowMatrix::Zero(size_, kColumns);
  Eigen::ArrayXd kernel(size_);
  Eigen::ArrayXd norms(kColumns);
  for (Eigen::Index first = 0; first < points.rows(); first += kColumns) {
    const Eigen::Index count = std::min(kColumns, points.rows() - first);
    for (Eigen::Index i = 0; i < count; ++i) {
      kernel_.Between(
          points.row(first + i).transpose(), points_.topRows(size_), parameters_, kernel);
      prediction.mean[first + i] = kernel.head(alpha_.size()).matrix().dot(alpha_);
      kernels.col(i) = kernel;
    }
    wide::TriangularNorms(inverse_factor_.data(),
                          Count(size_),
                          Count(inverse_factor_.cols()),
                          kernels.data(),
                          norms.data());
    prediction.variance.segment(first, count) =
        (parameters_.scale - norms.head(count)).max(kLeastPivot);
  }
  return prediction;
}

GaussianProcess::Slope GaussianProcess::PredictSlope(const Eigen::VectorXd& point) const {
  Eigen::ArrayXd squares = Eigen::ArrayXd::Zero(size_);
  for (Eigen::Index axis = 0; axis < kernel_.axes(); ++axis) {
    kernel_.AddDistances(axis,
                         point[axis],
                         parameters_.weights[axis],
                         points_.col(axis).head(size_).array(),
                         squares);
  }
  Eigen::VectorXd kernel(size_);
  Eigen::ArrayXd over_squares(size_);
  wide::MaternAndSlope(
      squares.data(), Count(size_), parameters_.scale, kernel.data(), over_squares.data());
  const Eigen::VectorXd whitened = TimesInverse(wide::TriangularTimes, kernel);
  const Eigen::VectorXd solved = TimesInverse(wide::TransposedTimes, whitened);
  const Eigen::Index n = alpha_.size();
  Slope slope;
  slope.mean = kernel.head(n).dot(alpha_);
  slope.variance = std::max(parameters_.scale - whitened.squaredNorm(), kLeastPivot);
  slope.mean_gradient.setZero(kernel_.axes());
  slope.variance_gradient.setZero(kernel_.axes());
  for (Eigen::Index axis = 0; axis < kernel_.axes(); ++axis) {
    if (kernel_.KindOf(axis) != Kind::kNumber || std::isnan(point[axis])) {
      continue;
    }
    const auto differences = point[axis] - points_.col(axis).head(size_).array();
    const Eigen::ArrayXd slopes =
        2 * parameters_.weights[axis] * over_squares *
        differences.isNaN().select(Eigen::ArrayXd::Zero(size_), differences);
    slope.mean_gradient[axis] = slopes.head(n).matrix().dot(alpha_);
    slope.variance_gradient[axis] = -2 * slopes.matrix().dot(solved);
  }
  return slope;
}

double GaussianProcess::Mean(const Eigen::VectorXd& point) const {
  Eigen::ArrayXd kernel(alpha_.size());
  kernel_.Between(point, points_.topRows(alpha_.size()), parameters_, kernel);
  return kernel.matrix().dot(alpha_);
}

Eigen::VectorXd GaussianProcess::MeanAtValues() const {
  return values_ - (parameters_.noise + kJitter * parameters_.scale) * alpha_;
}

}  // namespace hone::algorithms
