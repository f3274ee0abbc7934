#include <cmath>
#include <limits>
#include <utility>

#include <Eigen/Cholesky>

#include "algorithms/numerics/box_minimum.h"
#include "algorithms/numerics/gaussian_loops.h"
#include "algorithms/numerics/gaussian_process.h"

namespace hone::algorithms {
namespace {

/// Bounds of the parameters, whose logarithms are fitted.
constexpr double kWeightFrom = 1e-4;
constexpr double kWeightTo = 1e4;
constexpr double kScaleFrom = 1e-3;
constexpr double kScaleTo = 1e3;
constexpr double kNoiseFrom = 1e-6;
constexpr double kNoiseTo = 1;
constexpr int kEvaluationsMax = 40;
constexpr double kJitter = 1e-9;
/// The prior falls with a weight up to about here, and with its logarithm above.
constexpr double kWeightTail = 5;
/// The second start has this sum of weights; in the first start every weight is 1. A fit that
/// starts only from long lengths misses functions that vary quickly.
constexpr double kShortWeights = 100;

/// Adds -log of the priors and its gradient over the logarithms.
double AddPriors(const Eigen::VectorXd& parameters, Eigen::VectorXd& gradient) {
  const Eigen::Index axes = parameters.size() - 2;
  const auto weights = parameters.head(axes).array();
  const Eigen::ArrayXd tail = 1.0 + weights / kWeightTail;
  gradient.head(axes).array() += 0.1 * (weights / tail - 1 / weights);
  const double scale = parameters[axes];
  gradient[axes] += scale - 1;
  const double noise = parameters[axes + 1];
  gradient[axes + 1] += 30 * noise - 0.1;
  return 0.1 * (kWeightTail * tail.log() + 1 / weights).sum() + scale - std::log(scale) +
         30 * noise - 0.1 * std::log(noise);
}

/// The weighted squared distances between all points, and the kernel and its slope over them.
struct Gram {
  Eigen::MatrixXd squares;
  Eigen::MatrixXd kernel;
  Eigen::MatrixXd slope;
};

Gram MakeGram(const GaussianKernel& kernel,
              const Eigen::MatrixXd& points,
              const Eigen::VectorXd& parameters) {
  const Eigen::Index n = points.rows();
  Gram gram{Eigen::MatrixXd::Zero(n, n), Eigen::MatrixXd(n, n), Eigen::MatrixXd(n, n)};
  const double scale = parameters[kernel.axes()];
  for (Eigen::Index j = 0; j < n; ++j) {
    auto squares = gram.squares.col(j).tail(n - j).array();
    for (Eigen::Index axis = 0; axis < kernel.axes(); ++axis) {
      kernel.AddDistances(
          axis, points(j, axis), parameters[axis], points.col(axis).tail(n - j).array(), squares);
    }
    wide::MaternAndSlope(squares.data(),
                         static_cast<std::size_t>(n - j),
                         scale,
                         &gram.kernel(j, j),
                         &gram.slope(j, j));
  }
  return gram;
}

}  // namespace

double NegativeLogPosterior(const GaussianKernel& kernel,
                            const Eigen::MatrixXd& points,
                            const Eigen::VectorXd& values,
                            const Eigen::VectorXd& log_parameters,
                            Eigen::VectorXd& gradient) {
  const Eigen::Index n = points.rows();
  const Eigen::Index axes = kernel.axes();
  const Eigen::VectorXd parameters = log_parameters.array().exp();
  const double scale = parameters[axes];
  const double noise = parameters[axes + 1];
  const Gram gram = MakeGram(kernel, points, parameters);
  Eigen::MatrixXd noisy = gram.kernel;
  noisy.diagonal().array() += noise + kJitter * scale;
  const Eigen::LLT<Eigen::MatrixXd, Eigen::Lower> factor(noisy);
  if (factor.info() != Eigen::Success) {
    return std::numeric_limits<double>::infinity();
  }
  const Eigen::VectorXd alpha = factor.solve(values);
  // alpha alpha' - K^-1, of which the lower half is used. Rasmussen and Williams, eq. 5.9.
  Eigen::MatrixXd inverse_factor = Eigen::MatrixXd::Identity(n, n);
  factor.matrixL().solveInPlace(inverse_factor);
  Eigen::MatrixXd change = Eigen::MatrixXd::Zero(n, n);
  change.selfadjointView<Eigen::Lower>().rankUpdate(inverse_factor.transpose(), -1);
  change.selfadjointView<Eigen::Lower>().rankUpdate(alpha, 1);

  gradient.setZero(axes + 2);
  Eigen::VectorXd along(n);
  Eigen::ArrayXd distances(n);
  for (Eigen::Index j = 0; j < n; ++j) {
    const Eigen::Index rest = n - j - 1;
    // Below the diagonal everything counts twice: hence no factor 1/2.
    along.tail(rest) = change.col(j).tail(rest).cwiseProduct(gram.slope.col(j).tail(rest));
    for (Eigen::Index axis = 0; axis < axes; ++axis) {
      auto own = distances.tail(rest);
      own.setZero();
      kernel.AddDistances(
          axis, points(j, axis), parameters[axis], points.col(axis).tail(rest).array(), own);
      gradient[axis] -= along.tail(rest).dot(own.matrix());
    }
    gradient[axes] -= change.col(j).tail(rest).dot(gram.kernel.col(j).tail(rest)) +
                      change(j, j) * scale * (1 + kJitter) / 2;
  }
  gradient[axes + 1] -= noise * change.diagonal().sum() / 2;
  const double log_factor = factor.matrixLLT().diagonal().array().log().sum();
  return values.dot(alpha) / 2 + log_factor + AddPriors(parameters, gradient);
}

GaussianParameters FitParameters(const GaussianKernel& kernel,
                                 const Eigen::MatrixXd& points,
                                 const Eigen::VectorXd& values) {
  const Eigen::Index axes = kernel.axes();
  BoxMinimumOptions options;
  options.lower.setConstant(axes + 2, std::log(kWeightFrom));
  options.upper.setConstant(axes + 2, std::log(kWeightTo));
  options.lower[axes] = std::log(kScaleFrom);
  options.upper[axes] = std::log(kScaleTo);
  options.lower[axes + 1] = std::log(kNoiseFrom);
  options.upper[axes + 1] = std::log(kNoiseTo);
  options.evaluations_max = kEvaluationsMax;
  options.gradient_tolerance = 1e-2;
  options.value_tolerance = 1e-6;
  const auto posterior = [&](const Eigen::VectorXd& point, Eigen::VectorXd& gradient) {
    return NegativeLogPosterior(kernel, points, values, point, gradient);
  };
  Eigen::VectorXd start = Eigen::VectorXd::Zero(axes + 2);
  start[axes + 1] = std::log(1e-3);
  BoxMinimum best = MinimiseInBox(posterior, start, options);
  start.head(axes).setConstant(std::log(kShortWeights / static_cast<double>(axes)));
  if (BoxMinimum second = MinimiseInBox(posterior, start, options); second.value < best.value) {
    best = std::move(second);
  }
  const Eigen::VectorXd parameters = best.point.array().exp();
  return {parameters.head(axes), parameters[axes], parameters[axes + 1]};
}

}  // namespace hone::algorithms
