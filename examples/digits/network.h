// Network: a fully connected network that classifies digits, trained by stochastic gradient
// descent with momentum on the cross-entropy of a softmax. A plain value; const use is thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Core>
#include <tl/expected.hpp>

#include "examples/digits/dataset.h"

namespace digits {

enum class Activation { kRelu, kTanh, kSigmoid };
std::string_view ToText(Activation activation);
std::optional<Activation> ActivationFromText(std::string_view text);

/// The weights of one layer, and equally their gradient or their velocity.
struct Layer {
  Eigen::MatrixXd weights;
  Eigen::VectorXd biases;
};

struct NetworkShape {
  int hidden_layers = 1;
  int units = 64;
  Activation activation = Activation::kRelu;
};

class Network {
 public:
  /// Weights from the seed (He et al. 2015, eq. 10, for relu; Glorot and Bengio 2010, eq. 12, for
  /// the others), biases zero.
  Network(const NetworkShape& shape, std::uint64_t seed);

  /// The probability of each class: one column per sample.
  [[nodiscard]] Eigen::MatrixXd Predict(const Eigen::MatrixXd& images) const;
  /// The mean cross-entropy over `samples`; `gradient` receives its derivative for every weight.
  double LossAndGradient(const Samples& samples, std::vector<Layer>& gradient) const;
  /// The share of samples whose most probable class is the label.
  [[nodiscard]] double Accuracy(const Samples& samples) const;

  std::vector<Layer>& layers() { return layers_; }
  [[nodiscard]] const std::vector<Layer>& layers() const { return layers_; }

  /// The model file is text: activation, sizes, then every weight with all its digits.
  [[nodiscard]] tl::expected<void, std::string> Write(const std::filesystem::path& path) const;
  static tl::expected<Network, std::string> Read(const std::filesystem::path& path);

 private:
  Network() = default;
  /// The outputs of every layer, the images first.
  [[nodiscard]] std::vector<Eigen::MatrixXd> Forward(const Eigen::MatrixXd& images) const;

  Activation activation_ = Activation::kRelu;
  std::vector<Layer> layers_;
};

struct SgdOptions {
  double learning_rate = 0.1;
  double momentum = 0.9;
  /// The L2 penalty: its gradient is weight_decay * weights; biases are not decayed.
  double weight_decay = 0;
  int batch_size = 32;
};

/// Stochastic gradient descent with momentum (Sutskever et al. 2013, eq. 1 and 2).
class Sgd {
 public:
  Sgd(const SgdOptions& options, std::uint64_t seed) : options_(options), seed_(seed) {}
  /// Goes once through `samples` in a new random order; returns the mean loss of the batches.
  double RunEpoch(const Samples& samples, Network& network);

 private:
  void Step(const std::vector<Layer>& gradient, std::vector<Layer>& weights);

  SgdOptions options_;
  std::uint64_t seed_;
  std::uint64_t epoch_ = 0;
  std::vector<Layer> velocity_;
};

}  // namespace digits
