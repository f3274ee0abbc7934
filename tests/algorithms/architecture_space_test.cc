#include "algorithms/numerics/architecture_space.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/numerics/unseen_points.h"
#include "tests/algorithms/problems.h"

namespace hone::algorithms {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ParameterSpec Named(std::string name, ParameterSpec spec) {
  spec.name = std::move(name);
  return spec;
}

/// Six candidates: four convolutions and two poolings.
NasConfig ThreeLayers() {
  return {3,
          {32, 32, 3},
          {10},
          {{"convolution", {Named("size", Words({"3", "5"})), Named("stride", Int("1", "2"))}},
           {"pooling", {Named("rate", Double("0.25", "0.6", "0.25"))}}}};
}

ArchitectureSpace Make(const NasConfig& nas) {
  FieldErrors errors;
  auto space = ArchitectureSpace::Make(nas, errors);
  EXPECT_THAT(errors, IsEmpty());
  return space.value();
}

FieldErrors FaultsOf(const NasConfig& nas) {
  FieldErrors errors;
  const bool is_made = ArchitectureSpace::Make(nas, errors).has_value();
  EXPECT_EQ(is_made, errors.empty());
  return errors;
}

TEST(ArchitectureSpace, HasAnOperationAndABitForEachEarlierLayer) {
  const ArchitectureSpace space = Make(ThreeLayers());

  EXPECT_EQ(space.layout().operations, 6u);
  EXPECT_EQ(space.layout().size(), 6u);
  EXPECT_EQ(space.space().size(), 6u);
  EXPECT_EQ(space.space().Cardinality(), 6u * 6 * 6 * 2 * 4);
  for (const std::size_t layer : {0u, 1u, 2u}) {
    const std::size_t place = ArchitectureLayout::OperationAt(layer);
    EXPECT_EQ(space.space().parameters()[place].values.size(), 6u);
  }
}

TEST(ArchitectureSpace, WritesWhatKatibWrites) {
  const ArchitectureSpace space = Make(ThreeLayers());

  const Assignments texts = space.Format({3, 4, 1, 3, 0, 1});

  ASSERT_THAT(texts, SizeIs(2));
  EXPECT_EQ(texts[0].name, "architecture");
  EXPECT_EQ(texts[0].value, "[[3], [4, 1], [3, 0, 1]]");
  EXPECT_EQ(texts[1].name, "nn_config");
  EXPECT_EQ(texts[1].value,
            "{'num_layers': 3, 'input_sizes': [32, 32, 3], 'output_sizes': [10], 'embedding': "
            "{'3': {'opt_id': 3, 'opt_type': 'convolution', 'opt_params': {'size': '5', "
            "'stride': 2}}, "
            "'4': {'opt_id': 4, 'opt_type': 'pooling', 'opt_params': {'rate': 0.25}}}}");
}

TEST(ArchitectureSpace, ReadsBackWhatItWrites) {
  for (const std::int32_t layers : {1, 2, 7, 64}) {
    const ArchitectureSpace space = Make(Architectures(layers, {Int("1", "100")}));
    for (std::uint64_t ordinal = 1; ordinal <= 50; ++ordinal) {
      const Point point = RandomPoint(space.space(), 7, ordinal, 0);

      EXPECT_EQ(space.Parse(space.Format(point)), point);
    }
  }
}

TEST(ArchitectureSpace, ReadsTheArchitectureHoweverItIsSpacedAndWithoutAConfig) {
  const ArchitectureSpace space = Make(ThreeLayers());

  EXPECT_EQ(space.Parse({{"nn_config", "?"}, {"architecture", " [[5],[0,1 ] ,\n[1,0,1]] "}}),
            (Point{5, 0, 1, 1, 0, 1}));
}

TEST(ArchitectureSpace, ReadsNothingFromIllegalTexts) {
  const ArchitectureSpace space = Make(ThreeLayers());

  for (const char* const text : {"",
                                 "[]",
                                 "[[3], [4, 1]]",
                                 "[[3], [4, 1], [3, 0, 1], [3, 0, 1, 0]]",
                                 "[[3], [4, 1], [3, 0]]",
                                 "[[3], [4, 1], [3, 0, 1, 1]]",
                                 "[[6], [4, 1], [3, 0, 1]]",
                                 "[[3], [4, 2], [3, 0, 1]]",
                                 "[[-1], [4, 1], [3, 0, 1]]",
                                 "[[3.0], [4, 1], [3, 0, 1]]",
                                 "[[3], [4, 1], [3, 0, 1]]]",
                                 "[[3], [4, 1], [3, 0, 1]",
                                 "[[3] [4, 1], [3, 0, 1]]",
                                 "[[99999999999999999999], [4, 1], [3, 0, 1]]"}) {
    EXPECT_EQ(space.Parse({{"architecture", text}}), std::nullopt) << text;
  }
  EXPECT_EQ(space.Parse({}), std::nullopt);
  EXPECT_EQ(space.Parse({{"x", "[[3], [4, 1], [3, 0, 1]]"}}), std::nullopt);
}

TEST(ArchitectureSpace, CombinesConditionalParametersOfAnOperation) {
  const ArchitectureSpace space =
      Make(Architectures(1, {Words({"max", "skip"}), Under("x0", {"max"}, Numbers({"2", "3"}))}));

  std::vector<std::string> configs;
  for (const double operation : {0, 1, 2}) {
    configs.push_back(space.Format({operation})[1].value);
  }

  EXPECT_EQ(space.layout().operations, 3u);
  EXPECT_THAT(configs,
              ElementsAre(HasSubstr("{'x0': 'max', 'x1': '2'}"),
                          HasSubstr("{'x0': 'max', 'x1': '3'}"),
                          HasSubstr("{'x0': 'skip'}")));
}

TEST(ArchitectureSpace, NamesTheFieldOfWhatIsMissing) {
  NasConfig nas;
  nas.operations = {{"pooling", {Named("rate", Double("0", "1"))}}};

  const FieldErrors errors = FaultsOf(nas);

  std::vector<std::string> fields;
  for (const FieldError& error : errors) {
    fields.push_back(error.field);
  }
  EXPECT_THAT(fields,
              ElementsAre("spec.nasConfig.graphConfig.numLayers",
                          "spec.nasConfig.graphConfig.inputSizes",
                          "spec.nasConfig.graphConfig.outputSizes",
                          "spec.nasConfig.operations[0].parameters[0].feasibleSpace.step"));
  EXPECT_THAT(FaultsOf({1, {1}, {1}, {}}), SizeIs(1));
}

TEST(ArchitectureSpace, BoundsLayersAndOperations) {
  EXPECT_THAT(FaultsOf(Architectures(64, {Int("1", "1024")})), IsEmpty());

  for (const NasConfig& nas : {Architectures(65, {Int("1", "2")}),
                               Architectures(0, {Int("1", "2")}),
                               Architectures(2, {Int("1", "1025")}),
                               Architectures(2, {Int("1", "1000000"), Int("1", "1000000")}),
                               Architectures(2, std::vector(70, Int("1", "2")))}) {
    const FieldErrors errors = FaultsOf(nas);
    ASSERT_THAT(errors, SizeIs(1));
    EXPECT_THAT(errors[0].field, ::testing::StartsWith("spec.nasConfig."));
  }
}

TEST(ArchitectureSpace, RefusesTextsThatWouldBreakTheConfig) {
  NasConfig nas = ThreeLayers();
  nas.operations[0].type = "it's";
  nas.operations[0].parameters[0].feasible_space.list = {"\"3\"", "a\\b", "3\n"};
  nas.operations[1].parameters[0].name = "'";

  EXPECT_THAT(FaultsOf(nas), SizeIs(5));
}

}  // namespace
}  // namespace hone::algorithms
