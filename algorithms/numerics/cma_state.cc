#include "algorithms/numerics/cma_state.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <Eigen/Eigenvalues>

#include "proto/core/result.h"

namespace hone::algorithms {
namespace {

constexpr double kLeastVariance = 1e-16;
constexpr double kMostSigma = 1e32;
constexpr double kMostCondition = 1e14;

Eigen::Index Size(std::size_t size) {
  return static_cast<Eigen::Index>(size);
}

}  // namespace

CmaState::CmaState(Eigen::VectorXd mean, double sigma, std::size_t population)
    : population_(population), mean_(std::move(mean)), sigma_(sigma) {
  HONE_CHECK(population >= 2 && mean_.size() > 0 && sigma > 0);
  const Eigen::Index n = mean_.size();
  covariance_ = Eigen::MatrixXd::Identity(n, n);
  axes_ = covariance_;
  lengths_ = Eigen::VectorXd::Ones(n);
  sigma_path_ = Eigen::VectorXd::Zero(n);
  covariance_path_ = sigma_path_;
  MakeWeights();
}

std::size_t CmaState::DefaultPopulation(std::size_t dimensions) {
  const double n = std::max(1.0, static_cast<double>(dimensions));
  return static_cast<std::size_t>(4 + std::floor(3 * std::log(n)));
}

void CmaState::MakeWeights() {
  const auto n = static_cast<double>(mean_.size());
  const auto lambda = static_cast<double>(population_);
  mu_ = population_ / 2;
  Eigen::VectorXd raw(Size(population_));
  for (Eigen::Index i = 0; i < raw.size(); ++i) {
    raw[i] = std::log((lambda + 1) / 2) - std::log(static_cast<double>(i) + 1);
  }
  const auto best = raw.head(Size(mu_));
  const auto rest = raw.tail(raw.size() - Size(mu_));
  mu_eff_ = best.sum() * best.sum() / best.squaredNorm();
  const double mu_eff_minus = rest.sum() * rest.sum() / rest.squaredNorm();

  c_1_ = 2 / ((n + 1.3) * (n + 1.3) + mu_eff_);
  c_mu_ =
      std::min(1 - c_1_ - 1e-8, 2 * (mu_eff_ - 2 + 1 / mu_eff_) / ((n + 2) * (n + 2) + mu_eff_));
  const double negative_sum = std::min(
      {1 + c_1_ / c_mu_, 1 + 2 * mu_eff_minus / (mu_eff_ + 2), (1 - c_1_ - c_mu_) / (n * c_mu_)});
  const double positives = raw.cwiseMax(0).sum();
  const double negatives = raw.cwiseMin(0).sum();
  weights_ = raw.unaryExpr([&](double weight) {
    return weight >= 0 ? weight / positives : -negative_sum * weight / negatives;
  });
  c_sigma_ = (mu_eff_ + 2) / (n + mu_eff_ + 5);
  d_sigma_ = 1 + 2 * std::max(0.0, std::sqrt((mu_eff_ - 1) / (n + 1)) - 1) + c_sigma_;
  c_c_ = (4 + mu_eff_ / n) / (n + 4 + 2 * mu_eff_ / n);
  chi_n_ = std::sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
}

Eigen::VectorXd CmaState::PointAt(const Eigen::VectorXd& normals) const {
  return mean_ + sigma_ * (axes_ * lengths_.cwiseProduct(normals));
}

double CmaState::DeviationOf(std::size_t axis) const {
  return sigma_ * std::sqrt(covariance_(Size(axis), Size(axis)));
}

bool CmaState::HasConverged(double tolerance) const {
  const double longest = lengths_.maxCoeff();
  const double shortest = lengths_.minCoeff();
  return sigma_ * longest < tolerance || longest * longest > kMostCondition * shortest * shortest;
}

Eigen::VectorXd CmaState::Whiten(const Eigen::VectorXd& step) const {
  return axes_ * (axes_.transpose() * step).cwiseQuotient(lengths_);
}

void CmaState::Update(std::span<const Eigen::VectorXd> ranked) {
  HONE_CHECK(ranked.size() == population_);
  ++generation_;
  std::vector<Eigen::VectorXd> steps;
  steps.reserve(ranked.size());
  for (const Eigen::VectorXd& point : ranked) {
    steps.emplace_back((point - mean_) / sigma_);
  }
  Eigen::VectorXd mean_step = Eigen::VectorXd::Zero(mean_.size());
  for (std::size_t i = 0; i < mu_; ++i) {
    mean_step += weights_[Size(i)] * steps[i];
  }
  const Eigen::VectorXd whitened = Whiten(mean_step);
  mean_ += sigma_ * mean_step;
  sigma_path_ =
      (1 - c_sigma_) * sigma_path_ + std::sqrt(c_sigma_ * (2 - c_sigma_) * mu_eff_) * whitened;
  AdaptCovariance(steps, mean_step);
  const double growth = c_sigma_ / d_sigma_ * (sigma_path_.norm() / chi_n_ - 1);
  sigma_ = std::min(sigma_ * std::exp(growth), kMostSigma);
  Decompose();
}

void CmaState::AdaptCovariance(const std::vector<Eigen::VectorXd>& steps,
                               const Eigen::VectorXd& mean_step) {
  const auto n = static_cast<double>(mean_.size());
  const double fading = 1 - std::pow(1 - c_sigma_, 2 * (generation_ + 1));
  const bool is_steady = sigma_path_.norm() / std::sqrt(fading) < (1.4 + 2 / (n + 1)) * chi_n_;
  covariance_path_ *= 1 - c_c_;
  if (is_steady) {
    covariance_path_ += std::sqrt(c_c_ * (2 - c_c_) * mu_eff_) * mean_step;
  }
  const double lost = is_steady ? 0 : c_c_ * (2 - c_c_);
  Eigen::MatrixXd learned = c_1_ * covariance_path_ * covariance_path_.transpose() +
                            (1 + c_1_ * lost - c_1_ - c_mu_ * weights_.sum()) * covariance_;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double weight = weights_[Size(i)];
    // A bad step contributes its direction, not its length.
    const double scale = weight >= 0 ? 1 : n / (Whiten(steps[i]).squaredNorm() + 1e-8);
    learned += c_mu_ * weight * scale * steps[i] * steps[i].transpose();
  }
  covariance_ = (learned + learned.transpose()) / 2;
}

void CmaState::Decompose() {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance_);
  axes_ = solver.eigenvectors();
  lengths_ = solver.eigenvalues().cwiseMax(kLeastVariance).cwiseSqrt();
}

}  // namespace hone::algorithms
