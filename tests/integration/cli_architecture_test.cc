// Architecture searches with the real program: the example, and many runs of DARTS.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/program.h"
#include "tests/paths.inc"

namespace hone {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// The example, named "nas", with `trials` trials.
std::string Example(const std::string& trials) {
  std::ifstream file(HONE_SOURCE_DIR "/examples/nas/enas.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return Replaced(
      Replaced(text, "generateName: nas-", "name: nas"), "Count: 200", "Count: " + trials);
}

TEST(CliArchitecture, RunsTheExampleAndExportsTheArchitectures) {
  const Sandbox sandbox;
  sandbox.Write("nas.yaml", Example("12"));

  const Outcome run = sandbox.Hone({"run", "nas.yaml"});
  const Outcome table = sandbox.Hone({"export", "nas", "-o", "csv"});
  const Outcome trials = sandbox.Hone({"get", "trials", "nas"});

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("12 trials"));
  EXPECT_THAT(run.out, HasSubstr("architecture"));
  EXPECT_THAT(table.out, HasSubstr(",architecture,nn_config,score\n"));
  EXPECT_THAT(trials.out, ContainsRegex("DURATION +architecture\n"));
  EXPECT_THAT(trials.out, ContainsRegex("nas-12 .* \\[\\[[0-9]+\\], "));
  EXPECT_EQ(std::count(table.out.begin(), table.out.end(), '\n'), 13);
  EXPECT_THAT(table.out, HasSubstr("{'num_layers': 6, 'input_sizes': [32, 32, 3]"));
}

TEST(CliArchitecture, RunsOtherAlgorithmsOverTheSameArchitectures) {
  for (const char* const name : {"regularized-evolution", "auto", "random"}) {
    const Sandbox sandbox;
    sandbox.Write("nas.yaml", Replaced(Example("6"), "Name: enas", "Name: " + std::string(name)));

    const Outcome run = sandbox.Hone({"run", "nas.yaml"});

    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, HasSubstr("6 trials")) << name;
  }
}

TEST(CliArchitecture, RunsDartsMoreThanOnce) {
  const Sandbox sandbox;
  std::string manifest = Replaced(Example("3"), "Name: enas", "Name: darts");
  manifest = Replaced(manifest, "reference: architecture", "reference: search-space");
  manifest = Replaced(manifest, "reference: nn_config", "reference: num-layers");
  manifest = Replaced(manifest, "parameterType: int", "parameterType: categorical");
  manifest = Replaced(manifest, "min: \"2\"\n              max: \"3\"", "list: [\"2\", \"3\"]");
  manifest =
      Replaced(manifest, "awk 'BEGIN {", "echo \"$CONFIG: $ARCHITECTURE\"; awk 'BEGIN { most = 1");
  sandbox.Write("nas.yaml", manifest);

  const Outcome run = sandbox.Hone({"run", "nas.yaml"});

  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("3 trials"));
  for (const char* const trial : {"nas-1", "nas-3"}) {
    EXPECT_THAT(sandbox.Hone({"logs", trial}).out,
                StartsWith("6: ['convolution_3x3', 'convolution_5x5', "));
  }
}

}  // namespace
}  // namespace hone
