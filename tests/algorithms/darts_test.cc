#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/model/experiment_spec.h"
#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using ::testing::Each;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Algorithm& Darts() {
  return *Find("darts");
}

ParameterSpec Sizes(ParameterSpec spec) {
  spec.name = "filter_size";
  return spec;
}

NasConfig Operations() {
  return {3,
          {},
          {},
          {{"separable_convolution", {Sizes(Words({"3", "5"}))}},
           {"skip_connection", {}},
           {"max_pooling", {Sizes(Words({"3"}))}}}};
}

Assignments Told(const std::vector<Setting>& settings) {
  const Problem problem = ProblemOver(Darts(), Operations(), 7, settings);
  return problem.codec->Format({1});
}

TEST(Darts, TellsTrialsSettingsOperationsAndLayersAsKatibDoes) {
  const Assignments texts = Told({});

  EXPECT_EQ(
      texts,
      (Assignments{
          {"algorithm-settings",
           "{'num_epochs': 50, 'w_lr': 0.025, 'w_lr_min': 0.001, 'w_momentum': 0.9, "
           "'w_weight_decay': 0.0003, 'w_grad_clip': 5.0, 'alpha_lr': 0.0003, "
           "'alpha_weight_decay': 0.001, 'batch_size': 128, 'num_workers': 4, 'init_channels': "
           "16, 'print_step': 50, 'num_nodes': 4, 'stem_multiplier': 3}"},
          {"search-space",
           "['separable_convolution_3x3', 'separable_convolution_5x5', 'skip_connection', "
           "'max_pooling_3x3']"},
          {"num-layers", "3"}}));
}

TEST(Darts, PassesSettingsOnAsText) {
  const std::string text =
      Told({{"batch_size", "None"}, {"num_epoch", "10"}, {"num_epochs", "1"}})[0].value;

  EXPECT_TRUE(text.starts_with("{'num_epochs': '1', 'w_lr': 0.025, "));
  EXPECT_NE(text.find(", 'batch_size': null, "), std::string::npos);
  EXPECT_TRUE(text.ends_with(", 'num_epoch': '10'}"));
}

TEST(Darts, AnswersAsOftenAsItIsAsked) {
  const Problem problem = ProblemOver(Darts(), Operations());
  const auto runs = MakeAlgorithm("darts", problem);
  std::vector<Assignments> told;

  for (std::uint64_t ordinal = 1; ordinal < 1000; ordinal += 7) {
    for (const Point& point : PointsOf(runs->Suggest(ordinal, 7))) {
      EXPECT_TRUE(problem.space.Contains(point));
      told.push_back(problem.codec->Format(point));
    }
  }

  EXPECT_GE(told.size(), 999u);
  EXPECT_THAT(told, Each(Eq(told.front())));
  EXPECT_FALSE(problem.space.Cardinality().has_value());
}

FieldErrors FaultsOf(const std::vector<Setting>& settings, const NasConfig& nas = Operations()) {
  ExperimentSpec spec;
  spec.nas_config = nas;
  spec.algorithm = {"darts", settings};
  FieldErrors errors;
  ReadProblem(spec, Darts(), 0, errors);
  return errors;
}

TEST(Darts, ChecksSettingsAndWarnsOfUnknownOnes) {
  for (const Setting& wrong : {Setting{"num_epochs", "0"},
                               {"w_lr", "-0.1"},
                               {"w_grad_clip", "x"},
                               {"batch_size", "0"},
                               {"num_workers", "-1"},
                               {"num_nodes", "None"},
                               {"mine", "it's"}}) {
    EXPECT_TRUE(HasErrors(FaultsOf({wrong}))) << wrong.name;
  }
  const FieldErrors unknown = FaultsOf({{"num_epoch", "10"}});
  EXPECT_THAT(FaultsOf({{"batch_size", "None"}, {"num_workers", "0"}, {"w_lr", "0"}}), IsEmpty());
  ASSERT_THAT(unknown, SizeIs(1));
  EXPECT_TRUE(unknown[0].IsWarning());
  EXPECT_EQ(unknown[0].field, "spec.algorithm.algorithmSettings[0].name");
}

TEST(Darts, NamesTheOperationThatHasNoSizes) {
  NasConfig nas = Operations();
  nas.operations[0].parameters = {Sizes(Int("1", "3"))};
  nas.operations[2].parameters = {};
  nas.num_layers.reset();

  const FieldErrors errors = FaultsOf({}, nas);

  ASSERT_THAT(errors, SizeIs(3));
  EXPECT_EQ(errors[0].field, "spec.nasConfig.graphConfig.numLayers");
  EXPECT_EQ(errors[1].field, "spec.nasConfig.operations[0].parameters[0].feasibleSpace.list");
  EXPECT_EQ(errors[2].field, "spec.nasConfig.operations[2].parameters[0].feasibleSpace.list");
  EXPECT_THAT(FaultsOf({}, NasConfig{1, {}, {}, {}}), SizeIs(1));
}

}  // namespace
}  // namespace hone::algorithms
