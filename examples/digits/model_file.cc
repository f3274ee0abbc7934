// Network's file format.
#include <fstream>
#include <limits>

#include "examples/digits/network.h"

namespace digits {
namespace {

constexpr std::string_view kMagic = "digits-model-1";
/// Bounds the memory that a damaged file can make the reader allocate.
constexpr Eigen::Index kLayersMax = 64;
constexpr Eigen::Index kUnitsMax = 65536;

}  // namespace

tl::expected<void, std::string> Network::Write(const std::filesystem::path& path) const {
  std::ofstream file(path);
  file.precision(std::numeric_limits<double>::max_digits10);
  file << kMagic << ' ' << ToText(activation_) << ' ' << layers_.size() << '\n';
  for (const Layer& layer : layers_) {
    file << layer.weights.rows() << ' ' << layer.weights.cols() << '\n'
         << layer.weights << '\n'
         << layer.biases.transpose() << '\n';
  }
  file.flush();
  if (!file) {
    return tl::unexpected("write model " + path.string() + ": failed");
  }
  return {};
}

tl::expected<Network, std::string> Network::Read(const std::filesystem::path& path) {
  const auto broken = tl::unexpected("read model " + path.string() + ": not a digits model");
  std::ifstream file(path);
  std::string magic;
  std::string activation_text;
  Eigen::Index count = 0;
  file >> magic >> activation_text >> count;
  const std::optional<Activation> activation = ActivationFromText(activation_text);
  if (!file || magic != kMagic || !activation || count < 1 || count > kLayersMax) {
    return broken;
  }
  Network network;
  network.activation_ = *activation;
  Eigen::Index inputs = kPixels;
  for (Eigen::Index i = 0; i < count; ++i) {
    Eigen::Index rows = 0;
    Eigen::Index columns = 0;
    file >> rows >> columns;
    if (!file || columns != inputs || rows < 1 || rows > kUnitsMax) {
      return broken;
    }
    Layer layer{Eigen::MatrixXd(rows, columns), Eigen::VectorXd(rows)};
    for (double& weight : layer.weights.reshaped<Eigen::RowMajor>()) {
      file >> weight;
    }
    for (double& bias : layer.biases) {
      file >> bias;
    }
    network.layers_.push_back(std::move(layer));
    inputs = rows;
  }
  if (!file || inputs != kClasses) {
    return broken;
  }
  return network;
}

}  // namespace digits
