// CmaState: the distribution that a covariance matrix adaptation evolution strategy samples from,
// and its update by one generation (Hansen, "The CMA evolution strategy: a tutorial", 2016, with
// its negative weights). It may also learn from points that were not drawn from it. A value; one
// thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Core>

namespace hone::algorithms {

class CmaState {
 public:
  /// A sphere of standard deviation `sigma` around `mean`; `population` >= 2 is the number of
  /// points of a generation.
  CmaState(Eigen::VectorXd mean, double sigma, std::size_t population);

  /// 4 + 3 ln(dimensions), rounded down.
  static std::size_t DefaultPopulation(std::size_t dimensions);

  /// Maps standard normal numbers to a point of this distribution.
  [[nodiscard]] Eigen::VectorXd PointAt(const Eigen::VectorXd& normals) const;
  /// Learns from a generation of `population` points, the best first.
  void Update(std::span<const Eigen::VectorXd> ranked);

  [[nodiscard]] const Eigen::VectorXd& mean() const { return mean_; }
  [[nodiscard]] double sigma() const { return sigma_; }
  [[nodiscard]] const Eigen::MatrixXd& covariance() const { return covariance_; }
  /// The standard deviation along one axis.
  [[nodiscard]] double DeviationOf(std::size_t axis) const;
  /// True if the search here is exhausted: the longest axis is shorter than `tolerance`, or
  /// floating point can no longer tell the axes apart.
  [[nodiscard]] bool HasConverged(double tolerance) const;

 private:
  void MakeWeights();
  /// Computes the axes of the covariance ellipsoid.
  void Decompose();
  [[nodiscard]] Eigen::VectorXd Whiten(const Eigen::VectorXd& step) const;
  void AdaptCovariance(const std::vector<Eigen::VectorXd>& steps, const Eigen::VectorXd& mean_step);

  std::size_t population_;
  Eigen::VectorXd mean_;
  double sigma_;
  Eigen::MatrixXd covariance_;
  Eigen::MatrixXd axes_;
  Eigen::VectorXd lengths_;
  Eigen::VectorXd sigma_path_;
  Eigen::VectorXd covariance_path_;
  int generation_ = 0;

  // Constants of the strategy, named as in the tutorial.
  Eigen::VectorXd weights_;
  std::size_t mu_ = 0;
  double mu_eff_ = 0;
  double c_sigma_ = 0;
  double d_sigma_ = 0;
  double c_c_ = 0;
  double c_1_ = 0;
  double c_mu_ = 0;
  double chi_n_ = 0;
};

}  // namespace hone::algorithms
