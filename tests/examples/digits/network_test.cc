#include "examples/digits/network.h"

#include <cmath>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/paths.inc"

namespace digits {
namespace {

Dataset Digits() {
  auto data = ReadDataset(std::string(HONE_SOURCE_DIR) + "/examples/digits/digits.csv");
  EXPECT_TRUE(data.has_value()) << data.error();
  return data.value_or(Dataset{});
}

Samples First(const Samples& samples, int count) {
  return {samples.images.leftCols(count), {samples.labels.begin(), samples.labels.begin() + count}};
}

class EveryActivation : public testing::TestWithParam<Activation> {};

TEST_P(EveryActivation, HasTheGradientThatFiniteDifferencesHave) {
  const Samples samples = First(Digits().training, 20);
  Network network({.hidden_layers = 2, .units = 12, .activation = GetParam()}, 7);
  std::vector<Layer> gradient;
  network.LossAndGradient(samples, gradient);

  std::vector<Layer> ignored;
  const double step = 1e-6;
  for (std::size_t layer = 0; layer < gradient.size(); ++layer) {
    for (Eigen::Index i = 0; i < gradient[layer].weights.size(); i += 17) {
      double& weight = *(network.layers()[layer].weights.data() + i);
      const double before = weight;
      weight = before + step;
      const double above = network.LossAndGradient(samples, ignored);
      weight = before - step;
      const double below = network.LossAndGradient(samples, ignored);
      weight = before;

      EXPECT_NEAR(*(gradient[layer].weights.data() + i), (above - below) / (2 * step), 1e-6)
          << "layer " << layer << ", weight " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Network,
                         EveryActivation,
                         testing::Values(Activation::kRelu,
                                         Activation::kTanh,
                                         Activation::kSigmoid),
                         [](const auto& test) { return std::string(ToText(test.param)); });

TEST(Network, LearnsTheDigits) {
  const Dataset data = Digits();
  Network network({.hidden_layers = 1, .units = 32, .activation = Activation::kRelu}, 1);
  const double before = network.Accuracy(data.validation);

  Sgd sgd({.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 0, .batch_size = 32}, 1);
  double loss = 0;
  for (int epoch = 0; epoch < 5; ++epoch) {
    loss = sgd.RunEpoch(data.training, network);
  }

  EXPECT_LT(before, 0.3);
  EXPECT_GT(network.Accuracy(data.validation), 0.88);
  EXPECT_LT(loss, 0.2);
}

TEST(Network, LearnsTheSameFromTheSameSeed) {
  const Samples samples = First(Digits().training, 100);
  const auto loss_of = [&](std::uint64_t seed) {
    Network network({}, seed);
    return Sgd({}, seed).RunEpoch(samples, network);
  };

  EXPECT_EQ(loss_of(3), loss_of(3));
  EXPECT_NE(loss_of(3), loss_of(4));
}

TEST(Network, ReadsBackWhatItWrote) {
  const Samples samples = First(Digits().validation, 50);
  const Network network({.hidden_layers = 2, .units = 8, .activation = Activation::kTanh}, 5);
  const std::filesystem::path path = testing::TempDir() + "digits_network_test.txt";

  const auto written = network.Write(path);
  const auto read = Network::Read(path);
  std::filesystem::remove(path);

  ASSERT_TRUE(written.has_value()) << written.error();
  ASSERT_TRUE(read.has_value()) << read.error();
  EXPECT_EQ(read->Predict(samples.images), network.Predict(samples.images));
}

TEST(Network, RefusesAFileThatIsNotAModel) {
  const auto read = Network::Read(std::string(HONE_SOURCE_DIR) + "/examples/digits/digits.csv");

  ASSERT_FALSE(read.has_value());
  EXPECT_NE(read.error().find("not a digits model"), std::string::npos) << read.error();
}

TEST(Dataset, HasThe1797SamplesOfTheTestSet) {
  const Dataset data = Digits();

  EXPECT_EQ(data.training.labels.size() + data.validation.labels.size(), 1797U);
  EXPECT_EQ(data.training.labels.front(), 0);
  EXPECT_DOUBLE_EQ(data.training.images(2, 0), 5.0 / 16);
}

TEST(Dataset, NamesTheLineThatItCannotRead) {
  const std::filesystem::path path = testing::TempDir() + "digits_dataset_test.csv";
  std::ofstream(path) << "1,2,3\n";

  const auto data = ReadDataset(path);
  std::filesystem::remove(path);

  ASSERT_FALSE(data.has_value());
  EXPECT_NE(data.error().find("digits_dataset_test.csv:1: "), std::string::npos) << data.error();
}

}  // namespace
}  // namespace digits
