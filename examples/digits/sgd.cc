#include <algorithm>
#include <numeric>
#include <random>

#include "examples/digits/network.h"

namespace digits {
namespace {

Samples Pick(const Samples& samples, const std::vector<int>& columns) {
  Samples picked;
  picked.images = samples.images(Eigen::all, columns);
  for (const int column : columns) {
    picked.labels.push_back(samples.labels[static_cast<std::size_t>(column)]);
  }
  return picked;
}

}  // namespace

double Sgd::RunEpoch(const Samples& samples, Network& network) {
  std::vector<int> order(samples.labels.size());
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 random(seed_ + ++epoch_);
  std::shuffle(order.begin(), order.end(), random);

  double loss = 0;
  std::vector<Layer> gradient;
  for (auto first = order.begin(); first != order.end();) {
    const auto size = std::min<std::ptrdiff_t>(options_.batch_size, order.end() - first);
    const Samples batch = Pick(samples, {first, first + size});
    loss += network.LossAndGradient(batch, gradient) * static_cast<double>(size);
    Step(gradient, network.layers());
    first += size;
  }
  return loss / static_cast<double>(order.size());
}

void Sgd::Step(const std::vector<Layer>& gradient, std::vector<Layer>& weights) {
  if (velocity_.empty()) {
    for (const Layer& layer : weights) {
      velocity_.push_back({Eigen::MatrixXd::Zero(layer.weights.rows(), layer.weights.cols()),
                           Eigen::VectorXd::Zero(layer.biases.size())});
    }
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    Layer& velocity = velocity_[i];
    velocity.weights =
        options_.momentum * velocity.weights -
        options_.learning_rate * (gradient[i].weights + options_.weight_decay * weights[i].weights);
    velocity.biases =
        options_.momentum * velocity.biases - options_.learning_rate * gradient[i].biases;
    weights[i].weights += velocity.weights;
    weights[i].biases += velocity.biases;
  }
}

}  // namespace digits
