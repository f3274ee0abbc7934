// Parameters that are active only under some values of another one.
#include <cmath>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/model/search_space.h"

namespace hone {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Type = FieldError::Type;

ParameterSpec Words(const std::string& name, std::vector<std::string> values) {
  return {name, ParameterType::kCategorical, {"", "", "", std::move(values), {}}};
}

ParameterSpec Int(const std::string& name, const std::string& min, const std::string& max) {
  return {name, ParameterType::kInt, {min, max, "", {}, {}}};
}

ParameterSpec Double(const std::string& name, const std::string& min, const std::string& max) {
  return {name, ParameterType::kDouble, {min, max, "", {}, {}}};
}

ParameterSpec Under(const std::string& parent,
                    std::vector<std::string> values,
                    ParameterSpec parameter) {
  parameter.active_when = ActiveWhen{parent, std::move(values)};
  return parameter;
}

SearchSpace Read(const std::vector<ParameterSpec>& specs) {
  FieldErrors errors;
  auto space = SearchSpace::Make(specs, "p", errors);
  EXPECT_THAT(errors, IsEmpty()) << errors.front().ToString();
  return space.value_or(SearchSpace{});
}

FieldErrors FaultsOf(const std::vector<ParameterSpec>& specs) {
  FieldErrors errors;
  EXPECT_FALSE(SearchSpace::Make(specs, "p", errors).has_value());
  return errors;
}

FieldError FaultOf(const std::vector<ParameterSpec>& specs) {
  const FieldErrors errors = FaultsOf(specs);
  EXPECT_THAT(errors, SizeIs(1));
  EXPECT_FALSE(errors.empty() || errors.front().message.empty());
  return errors.empty() ? FieldError{} : errors.front();
}

/// NaN as "-", so that points can be compared.
std::string Text(const Point& point) {
  std::string text;
  for (const double value : point) {
    text += (text.empty() ? "" : " ") + (std::isnan(value) ? "-" : FormatNumber(value));
  }
  return text;
}

/// optimizer, momentum under sgd, nesterov under some momenta, and an unconditional parameter.
SearchSpace Optimizers() {
  return Read({Words("optimizer", {"adam", "sgd", "none"}),
               Under("optimizer", {"sgd"}, Int("momentum", "5", "7")),
               Under("momentum", {"7", "6.0"}, Words("nesterov", {"no", "yes"})),
               Int("layers", "1", "2")});
}

TEST(ConditionalSpace, NamesTheFieldOfEveryFault) {
  const ParameterSpec parent = Words("a", {"x", "y"});
  const ParameterSpec child = Int("b", "1", "2");
  const auto field = [&](const ParameterSpec& faulty) {
    return FaultOf({parent, faulty, Int("below", "1", "2")}).field;
  };

  EXPECT_EQ(field(Under("", {"x"}, child)), "p[1].activeWhen.parent");
  EXPECT_EQ(field(Under("aa", {"x"}, child)), "p[1].activeWhen.parent");
  EXPECT_EQ(field(Under("b", {"1"}, child)), "p[1].activeWhen.parent");
  EXPECT_EQ(field(Under("below", {"1"}, child)), "p[1].activeWhen.parent");
  EXPECT_EQ(field(Under("a", {}, child)), "p[1].activeWhen.values");
  EXPECT_EQ(field(Under("a", {"x", "z"}, child)), "p[1].activeWhen.values[1]");
  EXPECT_EQ(field(Under("a", {"x", "y", "x"}, child)), "p[1].activeWhen.values[2]");
}

TEST(ConditionalSpace, NeedsAParentThatCanBeCounted) {
  const ParameterSpec child = Under("a", {"1"}, Int("b", "1", "2"));

  EXPECT_EQ(FaultOf({Double("a", "0", "1"), child}).field, "p[1].activeWhen.parent");
  EXPECT_EQ(FaultOf({Int("a", "0", "9223372036854775807"), child}).field, "p[1].activeWhen.parent");
  EXPECT_THAT(FaultOf({Double("a", "0", "1"), child}).message, ::testing::HasSubstr("not double"));
}

TEST(ConditionalSpace, SaysNothingAboutTheChildrenOfAFaultyParent) {
  const FieldErrors errors = FaultsOf({Int("a", "2", "1"), Under("a", {"9"}, Int("b", "1", "2"))});

  ASSERT_THAT(errors, SizeIs(1));
  EXPECT_EQ(errors.front().field, "p[0].feasibleSpace.max");
}

TEST(ConditionalSpace, SuggestsTheParentThatWasMeant) {
  const FieldError fault =
      FaultOf({Words("optimizer", {"x"}), Under("optimiser", {"x"}, Int("b", "1", "2"))});

  EXPECT_EQ(fault.found, "optimiser");
  EXPECT_THAT(fault.message, ::testing::HasSubstr("did you mean \"optimizer\"?"));
}

TEST(ConditionalSpace, ReadsTheParentsValuesAsTheParentDoes) {
  ParameterSpec numbers = Words("a", {"16", "0.5", "8"});
  numbers.type = ParameterType::kDiscrete;

  const SearchSpace discrete = Read({numbers, Under("a", {"8.0", "16"}, Int("b", "1", "2"))});
  const SearchSpace ints =
      Read({Int("a", "-1", "4"), Under("a", {"3e0", "-1"}, Int("b", "1", "2"))});

  EXPECT_EQ(discrete.parameters()[1].parent, (Parameter::Parent{0, {0, 2}}));
  EXPECT_EQ(ints.parameters()[1].parent, (Parameter::Parent{0, {-1, 3}}));
  EXPECT_EQ(discrete.parameters()[0].parent, std::nullopt);
}

TEST(ConditionalSpace, CountsOnlyWhatDistinguishesPoints) {
  const SearchSpace space = Optimizers();

  // adam and none: 1 point each. sgd: momentum 5 (1 point), or 6 or 7 with two points each.
  ASSERT_EQ(space.Cardinality(), (1 + 5 + 1) * 2u);
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < 14; ++i) {
    texts.push_back(Text(space.PointAt(i)));
    EXPECT_EQ(space.IndexOf(space.PointAt(i)), i);
  }
  EXPECT_THAT(texts,
              ElementsAre("0 - - 1",
                          "0 - - 2",
                          "1 5 - 1",
                          "1 5 - 2",
                          "1 6 0 1",
                          "1 6 0 2",
                          "1 6 1 1",
                          "1 6 1 2",
                          "1 7 0 1",
                          "1 7 0 2",
                          "1 7 1 1",
                          "1 7 1 2",
                          "2 - - 1",
                          "2 - - 2"));
}

TEST(ConditionalSpace, FormatsAndParsesExactlyTheActiveParameters) {
  const SearchSpace space = Optimizers();

  for (std::uint64_t i = 0; i < space.Cardinality(); ++i) {
    Assignments assignments = space.Format(space.PointAt(i));
    std::reverse(assignments.begin(), assignments.end());
    const auto point = space.Parse(assignments);
    ASSERT_TRUE(point.has_value());
    EXPECT_EQ(space.IndexOf(*point), i);
  }
  EXPECT_EQ(space.Format(space.PointAt(0)), (Assignments{{"optimizer", "adam"}, {"layers", "1"}}));
  EXPECT_FALSE(space.Parse({{"optimizer", "adam"}, {"momentum", "5"}, {"layers", "1"}}));
  EXPECT_FALSE(space.Parse({{"optimizer", "sgd"}, {"layers", "1"}}));
  EXPECT_FALSE(space.Parse({{"optimizer", "adam"}, {"layers", "1"}, {"layers", "1"}}));
}

TEST(ConditionalSpace, ContainsPointsThatAreNaNExactlyWhereNothingIsActive) {
  const SearchSpace space = Optimizers();

  EXPECT_TRUE(space.Contains({0, NAN, NAN, 1}));
  EXPECT_TRUE(space.Contains({1, 5, NAN, 1}));
  EXPECT_FALSE(space.Contains({0, 5, NAN, 1}));
  EXPECT_FALSE(space.Contains({0, NAN, 1, 1}));
  EXPECT_FALSE(space.Contains({1, NAN, NAN, 1}));
  EXPECT_FALSE(space.Contains({1, 6, NAN, 1}));
  EXPECT_FALSE(space.Contains({NAN, NAN, NAN, 1}));
  EXPECT_FALSE(space.Contains({0, NAN, NAN}));
}

TEST(ConditionalSpace, MasksInactiveParametersAndTheirDescendants) {
  const SearchSpace space = Optimizers();

  EXPECT_EQ(Text(space.Mask({0, 6, 1, 1})), "0 - - 1");
  EXPECT_EQ(Text(space.Mask({1, 5, 1, 1})), "1 5 - 1");
  EXPECT_EQ(Text(space.Mask({1, 7, 1, 2})), "1 7 1 2");
  EXPECT_EQ(Text(space.Mask({0, NAN, NAN, 2})), "0 - - 2");
}

TEST(ConditionalSpace, HasNoCardinalityIfABranchIsInfiniteOrTooLarge) {
  const ParameterSpec wide = Int("", "1", "2000000000");
  const auto named = [&](const std::string& name) {
    ParameterSpec spec = wide;
    spec.name = name;
    return spec;
  };
  const ParameterSpec root = Words("a", {"x", "y"});

  EXPECT_EQ(Read({root, Under("a", {"x"}, Double("b", "0", "1"))}).Cardinality(), std::nullopt);
  EXPECT_EQ(
      Read({root, Under("a", {"x"}, named("b")), Under("a", {"y"}, named("c"))}).Cardinality(),
      4'000'000'000u);
  EXPECT_EQ(
      Read({root, Under("a", {"x"}, named("b")), Under("a", {"x"}, named("c"))}).Cardinality(),
      4'000'000'000'000'000'001u);
  EXPECT_EQ(Read({Words("a", {"x", "y", "z"}),
                  Under("a", {"x", "y", "z"}, named("b")),
                  Under("a", {"x", "y", "z"}, named("c"))})
                .Cardinality(),
            std::nullopt);
}

TEST(ConditionalSpace, CountsTheLastPointOf63Bits) {
  // 2^40 values, one of which has 2^62 points below it.
  const SearchSpace space = Read({Int("a", "0", "1099511627775"),
                                  Under("a", {"7"}, Int("b", "1", "2147483648")),
                                  Under("a", {"7"}, Int("c", "1", "2147483648"))});
  const std::uint64_t last = (1ULL << 62U) + (1ULL << 40U) - 2;

  ASSERT_EQ(space.Cardinality(), last + 1);
  EXPECT_EQ(Text(space.PointAt(last)), "1099511627775 - -");
  EXPECT_EQ(Text(space.PointAt(7)), "7 1 1");
  EXPECT_EQ(Text(space.PointAt(7 + (1ULL << 62U))), "8 - -");
  for (const std::uint64_t index : {std::uint64_t{0},
                                    std::uint64_t{6},
                                    std::uint64_t{7},
                                    last / 2,
                                    std::uint64_t{1} << 62U,
                                    last}) {
    EXPECT_EQ(space.IndexOf(space.PointAt(index)), index);
  }
}

TEST(ConditionalSpace, AnswersForManyChildrenOfALongListInBoundedTime) {
  std::vector<std::string> values;
  for (int i = 0; i < 50'000; ++i) {
    values.push_back("v" + std::to_string(i));
  }
  std::vector<ParameterSpec> specs = {Words("a", values)};
  for (int i = 0; i < 20'000; ++i) {
    specs.push_back(
        Under("a", {"v" + std::to_string(49'999 - i)}, Int("b" + std::to_string(i), "1", "2")));
  }

  const SearchSpace space = Read(specs);

  EXPECT_EQ(space.Cardinality(), 30'000u + 20'000u * 2);
  EXPECT_EQ(space.IndexOf(space.PointAt(69'999)), 69'999u);
}

// All points of a space by definition: any value of each active parameter, in order.
void Enumerate(const SearchSpace& space, const Point& begun, std::vector<Point>& points) {
  const std::size_t i = begun.size();
  if (i == space.size()) {
    points.push_back(begun);
    return;
  }
  Point point = begun;
  point.push_back(NAN);
  if (!space.IsActive(point, i)) {
    Enumerate(space, point, points);
    return;
  }
  for (std::uint64_t k = 0; k < space.parameters()[i].Cardinality().value(); ++k) {
    point[i] = space.parameters()[i].ValueAt(k);
    Enumerate(space, point, points);
  }
}

std::vector<ParameterSpec> RandomTree(std::mt19937& random) {
  const auto below = [&random](std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
  };
  std::vector<ParameterSpec> specs;
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < 6; ++i) {
    sizes.push_back(1 + below(4));
    specs.push_back(Int("x" + std::to_string(i), "1", std::to_string(sizes[i])));
    if (i == 0 || below(3) == 0) {
      continue;
    }
    const std::size_t parent = below(i);
    std::set<std::string> values;
    for (std::size_t k = 0; k <= below(3); ++k) {
      values.insert(std::to_string(1 + below(sizes[parent])));
    }
    specs[i].active_when = ActiveWhen{"x" + std::to_string(parent), {values.begin(), values.end()}};
  }
  return specs;
}

TEST(ConditionalSpace, NumbersThePointsOfAnyTreeInOrder) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const SearchSpace space = Read(RandomTree(random));
    std::vector<Point> points;
    Enumerate(space, {}, points);

    ASSERT_EQ(space.Cardinality(), points.size()) << "seed " << seed;
    for (std::uint64_t i = 0; i < points.size(); ++i) {
      ASSERT_EQ(Text(space.PointAt(i)), Text(points[i])) << "seed " << seed;
      ASSERT_EQ(space.IndexOf(points[i]), i) << "seed " << seed;
      ASSERT_TRUE(space.Contains(points[i])) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace hone
