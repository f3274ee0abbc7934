#include "algorithms/numerics/architecture_controller.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hone::algorithms {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

/// Weights begin uniformly in [-kStart, kStart] (Pham et al., section 3.2).
constexpr double kStart = 0.1;
constexpr double kMeanDecay = 0.9;
constexpr double kSquareDecay = 0.999;
constexpr double kEpsilon = 1e-8;
/// Stream of random numbers for the weights, separate from those of ordinals.
constexpr std::uint64_t kWeightStream = std::uint64_t{1} << 63U;
/// With a target of 1 every other probability would have an infinite loss.
constexpr double kTargetMax = 0.999;

Index At(std::size_t place) {
  return static_cast<Index>(place);
}

std::size_t ChoiceAt(const Point& point, std::size_t place) {
  return static_cast<std::size_t>(point[place]);
}

/// The entropy of a connection that has this probability; its logarithms are never infinite,
/// because a probability of 0 or 1 has no weight.
double BitEntropy(double p) {
  const auto part = [](double share) {
    return share > 0 ? -share * std::log(share) : 0;
  };
  return part(p) + part(1 - p);
}

double Sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

}  // namespace

std::size_t ArchitectureController::CountWeights(const ArchitectureLayout& layout,
                                                 std::size_t hidden) {
  return hidden * (10 * hidden + 2 * layout.operations + 2);
}

ArchitectureController::ArchitectureController(const ArchitectureLayout& layout,
                                               const ControllerOptions& options,
                                               std::uint64_t seed)
    : layout_(layout),
      options_(options),
      hidden_(At(options.hidden)),
      weights_(At(CountWeights(layout, options.hidden))),
      mean_(VectorXd::Zero(weights_.size())),
      square_(VectorXd::Zero(weights_.size())),
      gradient_(VectorXd::Zero(weights_.size())) {
  options_.skip_target = std::min(options_.skip_target, kTargetMax);
  CounterRandom random(seed, kWeightStream);
  for (double& weight : weights_) {
    weight = kStart * (2 * random.Uniform() - 1);
  }
}

double ArchitectureController::Bend(double raw) const {
  const double cool = raw / options_.temperature.value_or(1);
  return options_.tanh_constant ? *options_.tanh_constant * std::tanh(cool) : cool;
}

double ArchitectureController::SlopeAt(double bent) const {
  const double slope = 1 / options_.temperature.value_or(1);
  if (!options_.tanh_constant) {
    return slope;
  }
  const double share = bent / *options_.tanh_constant;
  return slope * *options_.tanh_constant * (1 - share * share);
}

void ArchitectureController::RunStep(const Parts<ConstMatrix>& parts,
                                     std::size_t step,
                                     Tape& tape) const {
  const Index h = hidden_;
  Step& now = tape.steps[step];
  if (step > 0) {
    tape.inputs.col(At(step)).tail(h) = tape.outputs.col(At(step) - 1);
    const Step& before = tape.steps[step - 1];
    now.cell_before = before.gates.head(h).cwiseProduct(before.gates.tail(h)) +
                      before.gates.segment(h, h).cwiseProduct(before.cell_before);
  } else {
    now.cell_before = VectorXd::Zero(h);
  }
  now.gates.noalias() = parts.lstm * tape.inputs.col(At(step));
  now.gates.head(3 * h) = now.gates.head(3 * h).unaryExpr(&Sigmoid);
  now.gates.tail(h) = now.gates.tail(h).array().tanh();
  const VectorXd cell = now.gates.head(h).cwiseProduct(now.gates.tail(h)) +
                        now.gates.segment(h, h).cwiseProduct(now.cell_before);
  now.tanh_cell = cell.array().tanh();
  tape.outputs.col(At(step)) = now.gates.segment(2 * h, h).cwiseProduct(now.tanh_cell);
}

void ArchitectureController::ChooseOperation(const Parts<ConstMatrix>& parts,
                                             std::size_t layer,
                                             const Choose& choose,
                                             Tape& tape) const {
  VectorXd& logits = tape.logits[layer];
  logits.noalias() = parts.softmax * tape.outputs.col(At(2 * layer));
  logits = logits.unaryExpr([this](double raw) { return Bend(raw); });
  const double largest = logits.maxCoeff();
  VectorXd& shares = tape.probabilities[layer];
  shares = (logits.array() - largest).exp();
  const double sum = shares.sum();
  shares /= sum;
  const std::size_t place = ArchitectureLayout::OperationAt(layer);
  const std::size_t chosen = choose(place, shares);
  tape.point[place] = static_cast<double>(chosen);
  tape.log_probability += logits[At(chosen)] - largest - std::log(sum);
}

// The two logits of a connection are q and -q, so that its probability is sigmoid(2 q).
void ArchitectureController::ChooseSkips(const Parts<ConstMatrix>& parts,
                                         std::size_t layer,
                                         const Choose& choose,
                                         Tape& tape) const {
  const Index earlier = At(layer);
  Eigen::MatrixXd& queries = tape.queries[layer];
  queries.resize(hidden_, earlier);
  const VectorXd own = parts.current * tape.outputs.col(2 * earlier + 1);
  for (Index j = 0; j < earlier; ++j) {
    queries.col(j) = (parts.earlier * tape.outputs.col(2 * j + 1) + own).array().tanh();
  }
  VectorXd& logits = tape.skip_logits[layer];
  logits = (queries.transpose() * parts.attention.col(0)).unaryExpr([this](double raw) {
    return Bend(raw);
  });
  tape.skips[layer] = (2 * logits).unaryExpr(&Sigmoid);
  VectorXd shares(2);
  for (std::size_t j = 0; j < layer; ++j) {
    const double p = tape.skips[layer][At(j)];
    shares << 1 - p, p;
    const std::size_t place = ArchitectureLayout::SkipAt(layer, j);
    const std::size_t chosen = choose(place, shares);
    tape.point[place] = static_cast<double>(chosen);
    const double sign = chosen == 1 ? -2 : 2;
    tape.log_probability -= std::log1p(std::exp(sign * logits[At(j)]));
  }
}

Eigen::VectorXd ArchitectureController::InputBehind(const Parts<ConstMatrix>& parts,
                                                    std::size_t layer,
                                                    const Tape& tape) const {
  if (layer == 0) {
    return parts.start.col(0);
  }
  VectorXd sum = VectorXd::Zero(hidden_);
  double count = 1;
  for (std::size_t j = 0; j < layer; ++j) {
    if (tape.point[ArchitectureLayout::SkipAt(layer, j)] == 1) {
      sum += tape.outputs.col(At(2 * j + 1));
      ++count;
    }
  }
  return sum / count;
}

ArchitectureController::Tape ArchitectureController::Run(const Choose& choose) const {
  const auto parts = Split<ConstMatrix>(weights_.data());
  const std::size_t steps = 2 * layout_.layers;
  Tape tape;
  tape.point.resize(layout_.size());
  tape.inputs = Eigen::MatrixXd::Zero(2 * hidden_, At(steps));
  tape.outputs.resize(hidden_, At(steps));
  tape.steps.resize(steps);
  tape.logits.resize(layout_.layers);
  tape.probabilities.resize(layout_.layers);
  tape.queries.resize(layout_.layers);
  tape.skip_logits.resize(layout_.layers);
  tape.skips.resize(layout_.layers);
  tape.inputs.col(0).head(hidden_) = parts.start.col(0);
  for (std::size_t layer = 0; layer < layout_.layers; ++layer) {
    RunStep(parts, 2 * layer, tape);
    ChooseOperation(parts, layer, choose, tape);
    const Index second = At(2 * layer + 1);
    const std::size_t operation = ChoiceAt(tape.point, ArchitectureLayout::OperationAt(layer));
    tape.inputs.col(second).head(hidden_) = parts.embedding.col(At(operation));
    RunStep(parts, 2 * layer + 1, tape);
    ChooseSkips(parts, layer, choose, tape);
    if (layer + 1 < layout_.layers) {
      tape.inputs.col(second + 1).head(hidden_) = InputBehind(parts, layer, tape);
    }
  }
  return tape;
}

Point ArchitectureController::Sample(CounterRandom& random) const {
  return Run([&random](std::size_t /*place*/, const VectorXd& shares) {
           double left = random.Uniform();
           std::size_t choice = 0;
           while (At(choice) + 1 < shares.size() && left >= shares[At(choice)]) {
             left -= shares[At(choice++)];
           }
           return choice;
         })
      .point;
}

ArchitectureController::Tape ArchitectureController::Replay(const Point& point) const {
  return Run(
      [&point](std::size_t place, const VectorXd& /*shares*/) { return ChoiceAt(point, place); });
}

double ArchitectureController::LogProbability(const Point& point) const {
  return Replay(point).log_probability;
}

double ArchitectureController::EntropyOf(const Tape& tape) const {
  double entropy = 0;
  for (std::size_t layer = 0; layer < layout_.layers; ++layer) {
    for (const double share : tape.probabilities[layer]) {
      entropy -= share > 0 ? share * std::log(share) : 0;
    }
    for (const double share : tape.skips[layer]) {
      entropy += BitEntropy(share);
    }
  }
  return entropy;
}

double ArchitectureController::PenaltyOf(const Tape& tape) const {
  const double target = options_.skip_target;
  double penalty = 0;
  for (const VectorXd& skips : tape.skips) {
    for (const double p : skips) {
      penalty -= BitEntropy(p) + p * std::log(target) + (1 - p) * std::log(1 - target);
    }
  }
  return layout_.layers > 1 ? penalty / static_cast<double>(layout_.layers - 1) : 0;
}

double ArchitectureController::Loss(const Point& point,
                                    double advantage,
                                    double reference,
                                    Eigen::VectorXd& gradient) {
  const Tape tape = Replay(point);
  const double weight = advantage * std::exp(std::min(tape.log_probability - reference, 0.0));
  gradient.setZero();
  GoBack(tape, weight, gradient);
  return -weight * tape.log_probability - options_.entropy_weight.value_or(0) * EntropyOf(tape) +
         options_.skip_weight.value_or(0) * PenaltyOf(tape);
}

void ArchitectureController::Train(const Point& point, double advantage, double reference) {
  Loss(point, advantage, reference, gradient_);
  trained_ += 1;
  mean_ += (1 - kMeanDecay) * (gradient_ - mean_);
  square_.array() += (1 - kSquareDecay) * (gradient_.array().square() - square_.array());
  const double mean_scale = 1 / (1 - std::pow(kMeanDecay, trained_));
  const double square_scale = 1 / (1 - std::pow(kSquareDecay, trained_));
  weights_.array() -= options_.learning_rate * mean_scale * mean_.array() /
                      ((square_scale * square_.array()).sqrt() + kEpsilon);
}

}  // namespace hone::algorithms
