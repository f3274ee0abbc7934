#include "examples/digits/network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <utility>

namespace digits {
namespace {

constexpr std::array<std::pair<Activation, std::string_view>, 3> kActivations = {{
    {Activation::kRelu, "relu"},
    {Activation::kTanh, "tanh"},
    {Activation::kSigmoid, "sigmoid"},
}};

void Activate(Activation activation, Eigen::MatrixXd& values) {
  switch (activation) {
    case Activation::kRelu:
      values = values.cwiseMax(0.0);
      return;
    case Activation::kTanh:
      values = values.array().tanh();
      return;
    case Activation::kSigmoid:
      values = 1.0 / (1.0 + (-values.array()).exp());
      return;
  }
}

/// Multiplies `delta` by the activation's derivative, which for all three follows from the output.
void MultiplyByDerivative(Activation activation,
                          const Eigen::MatrixXd& output,
                          Eigen::MatrixXd& delta) {
  switch (activation) {
    case Activation::kRelu:
      delta.array() *= (output.array() > 0.0).cast<double>();
      return;
    case Activation::kTanh:
      delta.array() *= 1.0 - output.array().square();
      return;
    case Activation::kSigmoid:
      delta.array() *= output.array() * (1.0 - output.array());
      return;
  }
}

/// Column by column; the largest value is subtracted first so that exp cannot overflow.
void Softmax(Eigen::MatrixXd& values) {
  values.rowwise() -= values.colwise().maxCoeff().eval();
  values = values.array().exp();
  values.array().rowwise() /= values.colwise().sum().array().eval();
}

}  // namespace

std::string_view ToText(Activation activation) {
  for (const auto& [value, text] : kActivations) {
    if (value == activation) {
      return text;
    }
  }
  return "";
}

std::optional<Activation> ActivationFromText(std::string_view text) {
  for (const auto& [value, name] : kActivations) {
    if (name == text) {
      return value;
    }
  }
  return std::nullopt;
}

Network::Network(const NetworkShape& shape, std::uint64_t seed) : activation_(shape.activation) {
  std::mt19937_64 random(seed);
  Eigen::Index inputs = kPixels;
  for (int i = 0; i <= shape.hidden_layers; ++i) {
    const Eigen::Index outputs = i < shape.hidden_layers ? shape.units : kClasses;
    const double variance = shape.activation == Activation::kRelu
                                ? 2.0 / static_cast<double>(inputs)
                                : 2.0 / static_cast<double>(inputs + outputs);
    std::normal_distribution<double> normal(0.0, std::sqrt(variance));
    layers_.push_back(
        {Eigen::MatrixXd::NullaryExpr(outputs, inputs, [&] { return normal(random); }),
         Eigen::VectorXd::Zero(outputs)});
    inputs = outputs;
  }
}

std::vector<Eigen::MatrixXd> Network::Forward(const Eigen::MatrixXd& images) const {
  std::vector<Eigen::MatrixXd> outputs{images};
  for (const Layer& layer : layers_) {
    Eigen::MatrixXd next = (layer.weights * outputs.back()).colwise() + layer.biases;
    if (&layer == &layers_.back()) {
      Softmax(next);
    } else {
      Activate(activation_, next);
    }
    outputs.push_back(std::move(next));
  }
  return outputs;
}

Eigen::MatrixXd Network::Predict(const Eigen::MatrixXd& images) const {
  return Forward(images).back();
}

double Network::LossAndGradient(const Samples& samples, std::vector<Layer>& gradient) const {
  const std::vector<Eigen::MatrixXd> outputs = Forward(samples.images);
  const auto count = static_cast<double>(samples.labels.size());
  double loss = 0;
  // The derivative of softmax and cross-entropy together is (probability - truth).
  Eigen::MatrixXd delta = outputs.back();
  for (std::size_t i = 0; i < samples.labels.size(); ++i) {
    double& probability = delta(samples.labels[i], static_cast<Eigen::Index>(i));
    loss -= std::log(probability);
    probability -= 1.0;
  }
  delta /= count;

  gradient.resize(layers_.size());
  for (std::size_t i = layers_.size(); i-- > 0;) {
    gradient[i].weights.noalias() = delta * outputs[i].transpose();
    gradient[i].biases = delta.rowwise().sum();
    if (i > 0) {
      delta = (layers_[i].weights.transpose() * delta).eval();
      MultiplyByDerivative(activation_, outputs[i], delta);
    }
  }
  return loss / count;
}

double Network::Accuracy(const Samples& samples) const {
  const Eigen::MatrixXd probabilities = Predict(samples.images);
  std::size_t right = 0;
  for (std::size_t i = 0; i < samples.labels.size(); ++i) {
    Eigen::Index best = 0;
    probabilities.col(static_cast<Eigen::Index>(i)).maxCoeff(&best);
    right += best == samples.labels[i] ? 1U : 0U;
  }
  return static_cast<double>(right) / static_cast<double>(samples.labels.size());
}

}  // namespace digits
