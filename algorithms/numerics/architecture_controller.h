// ArchitectureController: the recurrent network that samples architectures in ENAS (Pham, Guan,
// Zoph, Le, Dean, "Efficient neural architecture search via parameter sharing", 2018, sections 2.3
// and 2.1), with the gradient of its samples. A value: a copy learns on its own. Not thread-safe.
//
// An LSTM takes two steps per layer. After the first, a softmax of its output chooses the
// operation, whose embedding is the input of the second. After the second, an attention over the
// second outputs of earlier layers gives the probability of a connection to each of them (section
// 2.3: "the controller decides what previous nodes to connect to"); the mean of the connected
// outputs is the input of the next layer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <Eigen/Core>

#include "algorithms/algorithm.h"
#include "algorithms/numerics/counter_random.h"

namespace hone::algorithms {

/// The settings of `enas`, which also defines the defaults.
struct ControllerOptions {
  std::size_t hidden = 0;
  /// Logits are divided by the temperature, and then bounded to [-tanh_constant, tanh_constant].
  std::optional<double> temperature{};
  std::optional<double> tanh_constant{};
  std::optional<double> entropy_weight{};
  /// Target probability of a connection, and the weight of the divergence from it.
  double skip_target = 0;
  std::optional<double> skip_weight{};
  double learning_rate = 0;
};

class ArchitectureController {
 public:
  ArchitectureController(const ArchitectureLayout& layout,
                         const ControllerOptions& options,
                         std::uint64_t seed);

  /// A point of the layout's space.
  [[nodiscard]] Point Sample(CounterRandom& random) const;
  [[nodiscard]] double LogProbability(const Point& point) const;

  /// One step of Adam (Kingma and Ba, 2015) against Loss.
  void Train(const Point& point, double advantage, double reference);
  /// What REINFORCE minimises: -w * log p(point), minus the weighted entropy, plus the weighted
  /// divergence of the connections from their target. w is the advantage times p / exp(reference),
  /// cut at 1, as the point was sampled when it had that log probability. The gradient, which takes
  /// w as a constant, goes to `gradient`, which has weights().size() places.
  double Loss(const Point& point, double advantage, double reference, Eigen::VectorXd& gradient);

  [[nodiscard]] const Eigen::VectorXd& weights() const { return weights_; }
  [[nodiscard]] Eigen::VectorXd& weights() { return weights_; }
  /// The number of weights.
  static std::size_t CountWeights(const ArchitectureLayout& layout, std::size_t hidden);

 private:
  using Matrix = Eigen::Map<Eigen::MatrixXd>;
  using ConstMatrix = Eigen::Map<const Eigen::MatrixXd>;
  /// The parts of a vector of weights.
  template <typename Map>
  struct Parts {
    Map lstm;       // 4h x 2h: the input, forget and output gates and the candidate
    Map start;      // h x 1: the input of the first layers
    Map embedding;  // h x operations
    Map softmax;    // operations x h
    Map earlier;    // h x h: of the output of an earlier layer
    Map current;    // h x h: of the output of the layer that attends
    Map attention;  // h x 1
  };
  /// Results of an LSTM step that the backward pass needs.
  struct Step {
    Eigen::VectorXd gates;
    Eigen::VectorXd cell_before;
    Eigen::VectorXd tanh_cell;
  };
  /// Results of a forward pass. A layer has the steps 2 * layer and 2 * layer + 1.
  struct Tape {
    Point point;
    double log_probability = 0;
    /// Columns: the input of each step stacked above the previous output; and its own output.
    Eigen::MatrixXd inputs;
    Eigen::MatrixXd outputs;
    std::vector<Step> steps;
    /// By layer: the bounded logits and probabilities of operations; then, with one column or
    /// element for each earlier layer, the tanh of the attention, the bounded logits and the
    /// probabilities.
    std::vector<Eigen::VectorXd> logits;
    std::vector<Eigen::VectorXd> probabilities;
    std::vector<Eigen::MatrixXd> queries;
    std::vector<Eigen::VectorXd> skip_logits;
    std::vector<Eigen::VectorXd> skips;
  };
  /// Returns which of the choices is taken at a place of the point.
  using Choose = std::function<std::size_t(std::size_t place, const Eigen::VectorXd& shares)>;

  template <typename Map, typename Pointer>
  [[nodiscard]] Parts<Map> Split(Pointer weights) const {
    const auto operations = static_cast<Eigen::Index>(layout_.operations);
    const auto take = [&weights](Eigen::Index rows, Eigen::Index columns) {
      const Map part(weights, rows, columns);
      weights += rows * columns;
      return part;
    };
    // Braces guarantee that the arguments are evaluated in this order.
    return Parts<Map>{take(4 * hidden_, 2 * hidden_),
                      take(hidden_, 1),
                      take(hidden_, operations),
                      take(operations, hidden_),
                      take(hidden_, hidden_),
                      take(hidden_, hidden_),
                      take(hidden_, 1)};
  }
  [[nodiscard]] Tape Run(const Choose& choose) const;
  void RunStep(const Parts<ConstMatrix>& parts, std::size_t step, Tape& tape) const;
  void ChooseOperation(const Parts<ConstMatrix>& parts,
                       std::size_t layer,
                       const Choose& choose,
                       Tape& tape) const;
  void ChooseSkips(const Parts<ConstMatrix>& parts,
                   std::size_t layer,
                   const Choose& choose,
                   Tape& tape) const;
  [[nodiscard]] Eigen::VectorXd InputBehind(const Parts<ConstMatrix>& parts,
                                            std::size_t layer,
                                            const Tape& tape) const;
  [[nodiscard]] Tape Replay(const Point& point) const;

  struct Back;
  void GoBack(const Tape& tape, double weight, Eigen::VectorXd& gradient) const;
  void BackThroughSkips(const Tape& tape, std::size_t layer, double weight, Back& back) const;
  void BackThroughOperation(const Tape& tape, std::size_t layer, double weight, Back& back) const;
  void BackThroughStep(const Tape& tape, std::size_t step, Back& back) const;
  void BackThroughInput(const Tape& tape, std::size_t layer, Back& back) const;

  [[nodiscard]] double Bend(double raw) const;
  /// The derivative of Bend where Bend has the value `bent`.
  [[nodiscard]] double SlopeAt(double bent) const;
  [[nodiscard]] double PenaltyOf(const Tape& tape) const;
  [[nodiscard]] double EntropyOf(const Tape& tape) const;

  ArchitectureLayout layout_;
  ControllerOptions options_;
  Eigen::Index hidden_;
  Eigen::VectorXd weights_;
  /// Adam's moving averages of the gradient and of its square, and the number of steps.
  Eigen::VectorXd mean_;
  Eigen::VectorXd square_;
  Eigen::VectorXd gradient_;
  double trained_ = 0;
};

}  // namespace hone::algorithms
