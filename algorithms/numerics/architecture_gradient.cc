// The backward pass of an ArchitectureController: backpropagation through time, written by hand.
#include <cmath>

#include "algorithms/numerics/architecture_controller.h"

namespace hone::algorithms {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

Index At(std::size_t place) {
  return static_cast<Index>(place);
}

}  // namespace

/// The derivatives of the loss that the backward pass has computed so far.
struct ArchitectureController::Back {
  Parts<ConstMatrix> parts;
  Parts<Matrix> gradient;
  /// With respect to the gates of each step before their nonlinearity, and to the input of the step
  /// processed last.
  Eigen::MatrixXd gates;
  VectorXd input;
  /// With respect to the output and the cell of the step that the backward pass visits next.
  VectorXd output;
  VectorXd cell;
  /// With respect to the second output of each layer, as used by later layers.
  Eigen::MatrixXd outputs;
};

void ArchitectureController::GoBack(const Tape& tape,
                                    double weight,
                                    Eigen::VectorXd& gradient) const {
  const Index steps = At(2 * layout_.layers);
  Back back{Split<ConstMatrix>(weights_.data()),
            Split<Matrix>(gradient.data()),
            Eigen::MatrixXd(4 * hidden_, steps),
            VectorXd::Zero(hidden_),
            VectorXd::Zero(hidden_),
            VectorXd::Zero(hidden_),
            Eigen::MatrixXd::Zero(hidden_, At(layout_.layers))};
  for (std::size_t layer = layout_.layers; layer-- > 0;) {
    if (layer + 1 < layout_.layers) {
      BackThroughInput(tape, layer, back);
    }
    back.output += back.outputs.col(At(layer));
    BackThroughSkips(tape, layer, weight, back);
    BackThroughStep(tape, 2 * layer + 1, back);
    const auto chosen = static_cast<Index>(tape.point[ArchitectureLayout::OperationAt(layer)]);
    back.gradient.embedding.col(chosen) += back.input;
    BackThroughOperation(tape, layer, weight, back);
    BackThroughStep(tape, 2 * layer, back);
  }
  back.gradient.start.col(0) += back.input;
  back.gradient.lstm.noalias() = back.gates * tape.inputs.transpose();
}

/// Propagates from the input of the layer after `layer`.
void ArchitectureController::BackThroughInput(const Tape& tape,
                                              std::size_t layer,
                                              Back& back) const {
  if (layer == 0) {
    back.gradient.start.col(0) += back.input;
    return;
  }
  double count = 1;
  for (std::size_t j = 0; j < layer; ++j) {
    count += tape.point[ArchitectureLayout::SkipAt(layer, j)];
  }
  for (std::size_t j = 0; j < layer; ++j) {
    if (tape.point[ArchitectureLayout::SkipAt(layer, j)] == 1) {
      back.outputs.col(At(j)) += back.input / count;
    }
  }
}

// With p = sigmoid(2 q): d log p(bit) / dq = 2 (bit - p), dH / dq = -4 p (1 - p) q, and the
// divergence from target t changes by 2 p (1 - p) (2 q - log(t / (1 - t))).
void ArchitectureController::BackThroughSkips(const Tape& tape,
                                              std::size_t layer,
                                              double weight,
                                              Back& back) const {
  if (layer == 0) {
    return;
  }
  const double penalty = options_.skip_weight.value_or(0) / static_cast<double>(layout_.layers - 1);
  const double target = std::log(options_.skip_target / (1 - options_.skip_target));
  const auto own = tape.outputs.col(At(2 * layer + 1));
  VectorXd asked = VectorXd::Zero(hidden_);
  for (std::size_t j = 0; j < layer; ++j) {
    const double q = tape.skip_logits[layer][At(j)];
    const double p = tape.skips[layer][At(j)];
    const double slope = 2 * p * (1 - p);
    const double by_logit = -weight * 2 * (tape.point[ArchitectureLayout::SkipAt(layer, j)] - p) +
                            options_.entropy_weight.value_or(0) * slope * 2 * q +
                            penalty * slope * (2 * q - target);
    const double by_score = by_logit * SlopeAt(q);
    const auto query = tape.queries[layer].col(At(j));
    back.gradient.attention.col(0) += by_score * query;
    const VectorXd by_query =
        by_score * back.parts.attention.col(0).array() * (1 - query.array().square());
    asked += by_query;
    back.gradient.earlier.noalias() += by_query * tape.outputs.col(At(2 * j + 1)).transpose();
    back.outputs.col(At(j)).noalias() += back.parts.earlier.transpose() * by_query;
  }
  back.gradient.current.noalias() += asked * own.transpose();
  back.output.noalias() += back.parts.current.transpose() * asked;
}

// d log p(chosen) / d logit k = [k is chosen] - p_k, and dH / d logit k = -p_k (log p_k + H).
void ArchitectureController::BackThroughOperation(const Tape& tape,
                                                  std::size_t layer,
                                                  double weight,
                                                  Back& back) const {
  const VectorXd& shares = tape.probabilities[layer];
  const VectorXd logs = shares.array().max(1e-300).log();
  const double entropy = -shares.dot(logs);
  VectorXd by_logit = weight * shares.array() + options_.entropy_weight.value_or(0) *
                                                    shares.array() * (logs.array() + entropy);
  by_logit[static_cast<Index>(tape.point[ArchitectureLayout::OperationAt(layer)])] -= weight;
  const VectorXd& logits = tape.logits[layer];
  for (Index k = 0; k < logits.size(); ++k) {
    by_logit[k] *= SlopeAt(logits[k]);
  }
  const auto output = tape.outputs.col(At(2 * layer));
  back.gradient.softmax.noalias() += by_logit * output.transpose();
  back.output.noalias() += back.parts.softmax.transpose() * by_logit;
}

void ArchitectureController::BackThroughStep(const Tape& tape, std::size_t step, Back& back) const {
  const Index h = hidden_;
  const Step& at = tape.steps[step];
  const auto in = at.gates.head(h).array();
  const auto forget = at.gates.segment(h, h).array();
  const auto out = at.gates.segment(2 * h, h).array();
  const auto candidate = at.gates.tail(h).array();
  const VectorXd cell =
      back.cell.array() + back.output.array() * out * (1 - at.tanh_cell.array().square());
  auto gates = back.gates.col(At(step));
  gates.head(h) = cell.array() * candidate * in * (1 - in);
  gates.segment(h, h) = cell.array() * at.cell_before.array() * forget * (1 - forget);
  gates.segment(2 * h, h) = back.output.array() * at.tanh_cell.array() * out * (1 - out);
  gates.tail(h) = cell.array() * in * (1 - candidate.square());
  const VectorXd below = back.parts.lstm.transpose() * gates;
  back.input = below.head(h);
  back.output = below.tail(h);
  back.cell = cell.array() * forget;
}

}  // namespace hone::algorithms
