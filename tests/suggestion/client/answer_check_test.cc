#include "suggestion/client/answer_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::suggestion {
namespace {

using ::testing::HasSubstr;

ParameterSpec Numbers(ParameterType type,
                      const std::string& min,
                      const std::string& max,
                      const std::string& step = "") {
  return {"x", type, {min, max, step, {}, Distribution::kUniform}};
}

SearchSpace SpaceOf(const std::vector<ParameterSpec>& specs) {
  FieldErrors errors;
  auto space = SearchSpace::Make(specs, "spec.parameters", errors);
  EXPECT_TRUE(space.has_value());
  return *space;
}

std::string Answered(const SearchSpace& space, const Assignments& answer) {
  const Result<Assignments> checked = CheckAnswer(space, answer);
  return checked ? checked->at(0).value : checked.error().message;
}

TEST(CheckAnswer, WritesNumbersInOurOwnWay) {
  const SearchSpace stepped = SpaceOf({Numbers(ParameterType::kDouble, "0", "1", "0.1")});
  const SearchSpace ints = SpaceOf({Numbers(ParameterType::kInt, "1", "9")});

  EXPECT_EQ(Answered(stepped, {{"x", "0.30000000000000004"}}), "0.3");
  EXPECT_EQ(Answered(stepped, {{"x", "3e-1"}}), "0.3");
  EXPECT_EQ(Answered(ints, {{"x", "4.0"}}), "4");
}

TEST(CheckAnswer, PutsADoubleOnItsStep) {
  const SearchSpace space = SpaceOf({Numbers(ParameterType::kDouble, "0", "1", "0.3")});

  EXPECT_EQ(Answered(space, {{"x", "0.4"}}), "0.3");
  EXPECT_EQ(Answered(space, {{"x", "1.0"}}), "0.9");
  EXPECT_THAT(Answered(space, {{"x", "1.3"}}), HasSubstr("outside its feasible space"));
  EXPECT_THAT(Answered(space, {{"x", "-0.1"}}), HasSubstr("outside its feasible space"));
}

TEST(CheckAnswer, NamesParameterAndValueOfWhatIsOutside) {
  const SearchSpace ints = SpaceOf({Numbers(ParameterType::kInt, "1", "9")});

  for (const char* text : {"0", "10", "4.5", "nan", "inf", "", "four", "4; rm", "4\n- x", "${x}"}) {
    EXPECT_EQ(Answered(ints, {{"x", text}}),
              "gave \"" + std::string(text) +
                  "\" for parameter \"x\", which is outside its feasible space");
  }
  EXPECT_LT(Answered(ints, {{"x", std::string(100'000, '1')}}).size(), 200U);
}

TEST(CheckAnswer, WantsEachParameterOnceAndNoOther) {
  const SearchSpace ints = SpaceOf({Numbers(ParameterType::kInt, "1", "9")});

  EXPECT_EQ(Answered(ints, {}), "gave no value for parameter \"x\"");
  EXPECT_EQ(Answered(ints, {{"x", "1"}, {"x", "1"}}), "gave two values for parameter \"x\"");
  EXPECT_THAT(Answered(ints, {{"x", "1"}, {"y", "1"}}), HasSubstr("gave a value for \"y\""));
}

TEST(CheckAnswer, WantsAConditionalParameterWhereItIsActive) {
  ParameterSpec word{"w", ParameterType::kCategorical, {"", "", "", {"a", "b"}, {}}};
  ParameterSpec child = Numbers(ParameterType::kDouble, "0", "1");
  child.active_when = ActiveWhen{"w", {"b"}};
  const SearchSpace space = SpaceOf({word, child});

  EXPECT_EQ(Answered(space, {{"w", "a"}}), "a");
  EXPECT_EQ(Answered(space, {{"x", "0.5"}, {"w", "b"}}), "b");
  EXPECT_THAT(Answered(space, {{"w", "a"}, {"x", "0.5"}}), HasSubstr("gave a value for \"x\""));
  EXPECT_THAT(Answered(space, {{"w", "b"}}), HasSubstr("gave no value for parameter \"x\""));
}

}  // namespace
}  // namespace hone::suggestion
