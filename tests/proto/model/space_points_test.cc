// The number of points of a space, and their enumeration.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/model/search_space.h"

namespace hone {
namespace {

ParameterSpec Whole(std::string name, std::string max) {
  return {
      std::move(name), ParameterType::kInt, {"1", std::move(max), "", {}, Distribution::kUniform}};
}

SearchSpace Read(const std::vector<ParameterSpec>& specs) {
  FieldErrors errors;
  auto space = SearchSpace::Make(specs, "spec.parameters", errors);
  EXPECT_THAT(errors, ::testing::IsEmpty());
  return space.value_or(SearchSpace{});
}

TEST(SearchSpace, CountsItsPointsAndNamesEachOnce) {
  const ParameterSpec words{
      "w", ParameterType::kCategorical, {"", "", "", {"a", "b"}, Distribution::kUniform}};
  const SearchSpace space = Read({Whole("x", "3"), words});

  ASSERT_EQ(space.Cardinality(), 6u);
  EXPECT_EQ(space.PointAt(0), (Point{1, 0}));
  EXPECT_EQ(space.PointAt(1), (Point{1, 1}));
  EXPECT_EQ(space.PointAt(5), (Point{3, 1}));
  EXPECT_EQ(space.Format({2, 1}), (Assignments{{"x", "2"}, {"w", "b"}}));
}

TEST(SearchSpace, HasNoCardinalityBeyond63Bits) {
  std::vector<ParameterSpec> specs;
  for (int i = 0; i < 4; ++i) {
    specs.push_back(Whole("x" + std::to_string(i), "100000"));
  }

  EXPECT_EQ(Read(specs).Cardinality(), std::nullopt);
  specs.pop_back();
  EXPECT_EQ(Read(specs).Cardinality(), 1'000'000'000'000'000u);
  specs.push_back({"y", ParameterType::kDouble, {"0", "1", "", {}, Distribution::kUniform}});
  EXPECT_EQ(Read(specs).Cardinality(), std::nullopt);
}

}  // namespace
}  // namespace hone
