// digits_train: trains one network on digits.csv and reports every epoch as
// "epoch=1 loss=0.42 accuracy=0.91". Independent of Hone: any program that prints its metrics can
// be tuned.
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "examples/digits/dataset.h"
#include "examples/digits/network.h"

namespace digits {
namespace {

constexpr std::string_view kUsage =
    R"(digits_train: trains a small neural network on handwritten digits

  --learning-rate X      step size of gradient descent (0.1)
  --momentum X           0 up to, not including, 1 (0.9)
  --weight-decay X       L2 penalty (0)
  --batch-size N         samples a step (32)
  --hidden-layers N      0 to 8 (1)
  --units N              neurons a hidden layer, 1 to 1024 (64)
  --activation WORD      relu, tanh or sigmoid (relu)
  --epochs N             times through the training set (30)
  --seed N               of weights and order of samples (1)
  --data FILE            (examples/digits/digits.csv)
  --model FILE           where to write the network of the best epoch (nowhere)
  --evaluate FILE        only print the validation accuracy of a written network
)";

struct Options {
  NetworkShape shape;
  SgdOptions sgd;
  int epochs = 30;
  int seed = 1;
  std::string data = "examples/digits/digits.csv";
  std::string model;
  std::string evaluate;
};

template <typename Number>
bool ReadNumber(const std::string& text, Number min, Number max, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && out >= min && out <= max;
}

/// False if there is no such option, or if it cannot have this `value`.
bool SetOption(const std::string& name, const std::string& value, Options& options) {
  if (name == "--learning-rate") {
    return ReadNumber(value, 1e-12, 1e3, options.sgd.learning_rate);
  }
  if (name == "--momentum") {
    return ReadNumber(value, 0.0, 0.9999, options.sgd.momentum);
  }
  if (name == "--weight-decay") {
    return ReadNumber(value, 0.0, 1e3, options.sgd.weight_decay);
  }
  if (name == "--batch-size") {
    return ReadNumber(value, 1, 1 << 20, options.sgd.batch_size);
  }
  if (name == "--hidden-layers") {
    return ReadNumber(value, 0, 8, options.shape.hidden_layers);
  }
  if (name == "--units") {
    return ReadNumber(value, 1, 1024, options.shape.units);
  }
  if (name == "--epochs") {
    return ReadNumber(value, 1, 100'000, options.epochs);
  }
  if (name == "--seed") {
    return ReadNumber(value, 0, 1 << 30, options.seed);
  }
  if (name == "--activation") {
    const std::optional<Activation> activation = ActivationFromText(value);
    options.shape.activation = activation.value_or(Activation::kRelu);
    return activation.has_value();
  }
  std::map<std::string_view, std::string*> paths = {
      {"--data", &options.data}, {"--model", &options.model}, {"--evaluate", &options.evaluate}};
  const auto path = paths.find(name);
  if (path == paths.end() || value.empty()) {
    return false;
  }
  *path->second = value;
  return true;
}

/// Reads "--name value" and "--name=value"; prints a message and returns nothing for anything else.
std::optional<Options> ReadCommandLine(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    std::string name = argv[i];
    std::string value;
    if (const std::size_t equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (i + 1 < argc) {
      value = argv[++i];
    }
    if (!SetOption(name, value, options)) {
      std::fprintf(
          stderr,
          "digits_train: %s: '%s' is not one of its values, or there is no such option\n\n%s",
          name.c_str(),
          value.c_str(),
          kUsage.data());
      return std::nullopt;
    }
  }
  return options;
}

int Fail(const std::string& message) {
  std::fprintf(stderr, "digits_train: %s\n", message.c_str());
  return 1;
}

/// Trains, reports, and returns the network as it was after its best epoch.
Network Train(const Options& options, const Dataset& data) {
  const auto seed = static_cast<std::uint64_t>(options.seed);
  Network network(options.shape, seed);
  Network best = network;
  double best_accuracy = -1;
  Sgd sgd(options.sgd, seed);
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    const double loss = sgd.RunEpoch(data.training, network);
    const double accuracy = network.Accuracy(data.validation);
    std::printf("epoch=%d loss=%.6f accuracy=%.4f\n", epoch, loss, accuracy);
    std::fflush(stdout);
    if (accuracy > best_accuracy) {
      best_accuracy = accuracy;
      best = network;
    }
    if (!std::isfinite(loss)) {
      std::fprintf(stderr, "digits_train: diverged in epoch %d: learning rate too high\n", epoch);
      break;
    }
  }
  return best;
}

int Main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--help") {
    std::fputs(kUsage.data(), stdout);
    return 0;
  }
  const std::optional<Options> options = ReadCommandLine(argc, argv);
  if (!options) {
    return 2;
  }
  const auto data = ReadDataset(options->data);
  if (!data) {
    return Fail(data.error());
  }
  if (!options->evaluate.empty()) {
    const auto network = Network::Read(options->evaluate);
    if (!network) {
      return Fail(network.error());
    }
    std::printf("accuracy=%.4f\n", network->Accuracy(data->validation));
    return 0;
  }
  const Network best = Train(*options, *data);
  if (!options->model.empty()) {
    if (const auto written = best.Write(options->model); !written) {
      return Fail(written.error());
    }
    std::printf("model written to %s\n", options->model.c_str());
  }
  return 0;
}

}  // namespace
}  // namespace digits

int main(int argc, char** argv) {
  return digits::Main(argc, argv);
}
