#include "proto/model/search_space.h"

#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Type = FieldError::Type;

ParameterSpec Range(ParameterType type,
                    const std::string& min,
                    const std::string& max,
                    const std::string& step = "",
                    Distribution distribution = Distribution::kUniform) {
  return {"x", type, {min, max, step, {}, distribution}};
}

ParameterSpec Int(const std::string& min,
                  const std::string& max,
                  const std::string& step = "",
                  Distribution distribution = Distribution::kUniform) {
  return Range(ParameterType::kInt, min, max, step, distribution);
}

ParameterSpec Double(const std::string& min,
                     const std::string& max,
                     const std::string& step = "",
                     Distribution distribution = Distribution::kUniform) {
  return Range(ParameterType::kDouble, min, max, step, distribution);
}

ParameterSpec List(ParameterType type, std::vector<std::string> values) {
  return {"x", type, {"", "", "", std::move(values), Distribution::kUniform}};
}

SearchSpace Read(const std::vector<ParameterSpec>& specs) {
  FieldErrors errors;
  auto space = SearchSpace::Make(specs, "spec.parameters", errors);
  EXPECT_THAT(errors, IsEmpty()) << errors.front().ToString();
  return space.value_or(SearchSpace{});
}

Parameter ReadOne(const ParameterSpec& spec) {
  return Read({spec}).parameters().at(0);
}

struct Fault {
  Type type;
  std::string field;
  bool operator==(const Fault&) const = default;
};

void PrintTo(const Fault& fault, std::ostream* os) {
  *os << static_cast<int>(fault.type) << " @ " << fault.field;
}

std::vector<Fault> FaultsOf(const std::vector<ParameterSpec>& specs) {
  FieldErrors errors;
  const auto space = SearchSpace::Make(specs, "p", errors);
  EXPECT_EQ(space.has_value(), errors.empty());
  std::vector<Fault> faults;
  for (const FieldError& error : errors) {
    EXPECT_FALSE(error.message.empty());
    faults.push_back({error.type, error.field});
  }
  return faults;
}

std::vector<std::string> AllValues(const Parameter& parameter) {
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < parameter.Cardinality().value(); ++i) {
    texts.push_back(parameter.Format(parameter.ValueAt(i)));
  }
  return texts;
}

// The number of values, among `count` evenly spread probabilities, that map to each legal value.
std::map<double, int> Masses(const Parameter& parameter, int count) {
  std::map<double, int> masses;
  for (int i = 0; i < count; ++i) {
    ++masses[parameter.Quantile((i + 0.5) / count)];
  }
  return masses;
}

TEST(SearchSpace, NamesTheFieldOfEveryFaultOfARange) {
  const std::string space = "p[0].feasibleSpace";

  EXPECT_THAT(FaultsOf({Double("1", "0")}), ElementsAre(Fault{Type::kInvalid, space + ".max"}));
  EXPECT_THAT(FaultsOf({Double("", "1")}), ElementsAre(Fault{Type::kRequired, space + ".min"}));
  EXPECT_THAT(FaultsOf({Double("1", "")}), ElementsAre(Fault{Type::kRequired, space + ".max"}));
  EXPECT_THAT(FaultsOf({Double("x", "1e999", "nan")}),
              ElementsAre(Fault{Type::kInvalid, space + ".min"},
                          Fault{Type::kInvalid, space + ".max"},
                          Fault{Type::kInvalid, space + ".step"}));
  EXPECT_THAT(FaultsOf({Double("0", "1", "0")}),
              ElementsAre(Fault{Type::kInvalid, space + ".step"}));
  EXPECT_THAT(FaultsOf({Double("0", "1", "-0.1")}),
              ElementsAre(Fault{Type::kInvalid, space + ".step"}));
  EXPECT_THAT(FaultsOf({Double("0", "1", "", Distribution::kLogUniform)}),
              ElementsAre(Fault{Type::kInvalid, space + ".min"}));
  EXPECT_THAT(FaultsOf({Double("0", "1e9", "1e-9")}),
              ElementsAre(Fault{Type::kInvalid, space + ".step"}));
}

TEST(SearchSpace, NamesTheFieldOfEveryFaultOfAnInt) {
  const std::string space = "p[0].feasibleSpace";

  EXPECT_THAT(FaultsOf({Int("0.5", "3")}), ElementsAre(Fault{Type::kInvalid, space + ".min"}));
  EXPECT_THAT(FaultsOf({Int("0", "9223372036854775808")}),
              ElementsAre(Fault{Type::kInvalid, space + ".max"}));
  EXPECT_THAT(FaultsOf({Int("0", "3", "0.8")}),
              ElementsAre(Fault{Type::kInvalid, space + ".step"}));
  EXPECT_THAT(FaultsOf({Int("0", "10", "0")}), ElementsAre(Fault{Type::kInvalid, space + ".step"}));
  EXPECT_THAT(FaultsOf({Int("9223372036854775806", "9223372036854775807")}),
              ElementsAre(Fault{Type::kInvalid, space + ".max"}));
}

TEST(SearchSpace, NamesTheFieldOfEveryFaultOfAList) {
  ParameterSpec both = List(ParameterType::kCategorical, {"a"});
  both.feasible_space.min = "1";
  ParameterSpec numeric = Int("1", "2");
  numeric.feasible_space.list = {"1"};

  EXPECT_THAT(FaultsOf({both}), ElementsAre(Fault{Type::kInvalid, "p[0].feasibleSpace"}));
  EXPECT_THAT(FaultsOf({numeric}), ElementsAre(Fault{Type::kInvalid, "p[0].feasibleSpace.list"}));
  EXPECT_THAT(FaultsOf({List(ParameterType::kDiscrete, {})}),
              ElementsAre(Fault{Type::kRequired, "p[0].feasibleSpace.list"}));
  EXPECT_THAT(FaultsOf({List(ParameterType::kCategorical, {"a", "b", "a"})}),
              ElementsAre(Fault{Type::kDuplicate, "p[0].feasibleSpace.list[2]"}));
  EXPECT_THAT(FaultsOf({List(ParameterType::kDiscrete, {"1", "two", "inf"})}),
              ElementsAre(Fault{Type::kInvalid, "p[0].feasibleSpace.list[1]"},
                          Fault{Type::kInvalid, "p[0].feasibleSpace.list[2]"}));
  EXPECT_THAT(FaultsOf({List(ParameterType::kDiscrete, {"1", "2", "1.0"})}),
              ElementsAre(Fault{Type::kDuplicate, "p[0].feasibleSpace.list[2]"}));
}

TEST(SearchSpace, CollectsTheFaultsOfAllParameters) {
  const ParameterSpec nameless{"", ParameterType::kInt, {"1", "2", "", {}, Distribution::kUnset}};
  const ParameterSpec untyped{
      "y", ParameterType::kUnknown, {"1", "2", "", {}, Distribution::kUnknown}};
  const ParameterSpec empty{"z", ParameterType::kInt, {}};

  const auto faults = FaultsOf({Int("1", "2"), Double("5", "4"), nameless, untyped, empty});

  EXPECT_THAT(faults,
              ElementsAre(Fault{Type::kDuplicate, "p[1].name"},
                          Fault{Type::kInvalid, "p[1].feasibleSpace.max"},
                          Fault{Type::kRequired, "p[2].name"},
                          Fault{Type::kInvalid, "p[3].parameterType"},
                          Fault{Type::kInvalid, "p[3].feasibleSpace.distribution"},
                          Fault{Type::kRequired, "p[4].feasibleSpace"}));
}

TEST(SearchSpace, SaysAHandfulOfThingsAboutAListOfAMillionBadValues) {
  const std::vector<std::string> bad(1'000'000, "bad");

  EXPECT_THAT(FaultsOf({List(ParameterType::kDiscrete, bad)}), SizeIs(10));
  EXPECT_THAT(FaultsOf({List(ParameterType::kCategorical, bad)}), SizeIs(10));
}

TEST(SearchSpace, ReadsAListOfAMillionValues) {
  std::vector<std::string> values;
  for (int i = 0; i < 1'000'000; ++i) {
    values.push_back(std::to_string(i));
  }

  const Parameter parameter = ReadOne(List(ParameterType::kDiscrete, values));

  EXPECT_EQ(parameter.Cardinality(), 1'000'000u);
  EXPECT_EQ(parameter.Format(parameter.Quantile(0.999999999)), "999999");
}

TEST(Parameter, WritesStepsWithTheDigitsTheUserGave) {
  EXPECT_THAT(AllValues(ReadOne(Double("0", "0.5", "0.1"))),
              ElementsAre("0", "0.1", "0.2", "0.3", "0.4", "0.5"));
  EXPECT_THAT(AllValues(ReadOne(Double("-0.3", "0.3", "0.15"))),
              ElementsAre("-0.3", "-0.15", "0", "0.15", "0.3"));
  EXPECT_THAT(AllValues(ReadOne(Double("1e-25", "3e-25", "1e-25"))),
              ElementsAre("1e-25", "2e-25", "3e-25"));
  EXPECT_THAT(AllValues(ReadOne(Int("-5", "5", "5"))), ElementsAre("-5", "0", "5"));
}

TEST(Parameter, EndsAtTheLastStepThatFits) {
  EXPECT_THAT(AllValues(ReadOne(Double("0", "0.35", "0.1"))),
              ElementsAre("0", "0.1", "0.2", "0.3"));
  EXPECT_THAT(AllValues(ReadOne(Int("1", "10", "4"))), ElementsAre("1", "5", "9"));
  EXPECT_THAT(AllValues(ReadOne(Int("1", "10", "100"))), ElementsAre("1"));
  EXPECT_EQ(ReadOne(Double("0.01", "0.03", "0.0001")).Cardinality(), 201u);
}

TEST(Parameter, IsOneValueHoweverThatIsSaid) {
  const Distribution all[] = {Distribution::kUniform,
                              Distribution::kLogUniform,
                              Distribution::kNormal,
                              Distribution::kLogNormal};
  std::vector<ParameterSpec> specs = {
      List(ParameterType::kCategorical, {"a"}),
      List(ParameterType::kDiscrete, {"0.25"}),
      Double("0.1", "0.3", "0.25"),
      Double("1e17", "1.00000000000000002e17", "1e3"),
      Double("1e300", "1e300", "0.5"),
      Int("1", "10", "100"),
      Int("1152921504606846976", "1152921504606846976"),
  };
  for (const Distribution distribution : all) {
    specs.push_back(Double("0.7", "0.7"));
    specs.back().feasible_space.distribution = distribution;
    specs.push_back(Int("3", "3"));
    specs.back().feasible_space.distribution = distribution;
  }
  for (const ParameterSpec& spec : specs) {
    const Parameter parameter = ReadOne(spec);
    const double only = parameter.ValueAt(0);
    SCOPED_TRACE(spec.feasible_space.min + " " + spec.feasible_space.max);

    EXPECT_EQ(parameter.Cardinality(), 1u);
    EXPECT_EQ(parameter.IndexOf(only), 0u);
    EXPECT_EQ(parameter.Quantile(0.99), only);
    EXPECT_EQ(parameter.Snap(1e308), only);
    EXPECT_EQ(parameter.Parse(parameter.Format(only)), only);
  }
}

TEST(Parameter, KeepsTheValueOneStepAway) {
  EXPECT_THAT(AllValues(ReadOne(Double("0.1", "0.3", "0.2"))), ElementsAre("0.1", "0.3"));
  EXPECT_THAT(AllValues(ReadOne(Int("1", "3", "2"))), ElementsAre("1", "3"));
}

TEST(Parameter, FormatsAndReadsBackEveryValueOfALongRange) {
  const Parameter parameter = ReadOne(Double("-1", "1", "0.0001"));

  for (std::uint64_t i = 0; i < parameter.Cardinality().value(); ++i) {
    const double value = parameter.ValueAt(i);
    ASSERT_LE(parameter.Format(value).size(), 7u);
    ASSERT_EQ(parameter.Parse(parameter.Format(value)), value);
    ASSERT_EQ(parameter.Snap(value), value);
  }
}

TEST(Parameter, ReadsWholeNumbersHoweverTheyAreWritten) {
  const Parameter parameter = ReadOne(Int("1.0", "1e3"));

  EXPECT_EQ(parameter.low, 1);
  EXPECT_EQ(parameter.high, 1000);
  EXPECT_EQ(parameter.Parse("7.0"), 7);
  EXPECT_EQ(parameter.Parse("7.5"), std::nullopt);
  EXPECT_EQ(parameter.Format(1000), "1000");
}

TEST(Parameter, HandlesTheExtremesOf64Bits) {
  const Parameter parameter = ReadOne(Int("-9223372036854775808", "9223372036854775807"));

  EXPECT_EQ(parameter.Format(parameter.Quantile(0)), "-9223372036854775808");
  EXPECT_EQ(parameter.Format(parameter.high), "9223372036854774784");
  EXPECT_EQ(parameter.Snap(1e300), parameter.high);
  EXPECT_EQ(parameter.Cardinality(), std::nullopt);
  for (int i = 0; i <= 1000; ++i) {
    const double value = parameter.Quantile(i / 1000.0);
    EXPECT_EQ(parameter.Parse(parameter.Format(value)), value);
  }
}

TEST(Parameter, AcceptsOnlyLegalValues) {
  const Parameter stepped = ReadOne(Double("0", "1", "0.1"));
  const Parameter continuous = ReadOne(Double("0.1", "1"));
  const Parameter words = ReadOne(List(ParameterType::kCategorical, {"1", "1.0", "yes", ""}));
  const Parameter numbers = ReadOne(List(ParameterType::kDiscrete, {"10", "0.5", "2"}));

  EXPECT_EQ(stepped.Parse("0.30000000000000004"), stepped.ValueAt(3));
  EXPECT_EQ(stepped.Parse("0.35"), std::nullopt);
  EXPECT_EQ(stepped.Parse("1.1"), std::nullopt);
  EXPECT_EQ(continuous.Parse("0.1"), 0.1);
  EXPECT_EQ(continuous.Parse("0.09999999999999999"), std::nullopt);
  EXPECT_EQ(continuous.Parse("nan"), std::nullopt);
  EXPECT_EQ(words.Parse("1.0"), 1);
  EXPECT_EQ(words.Parse(""), 3);
  EXPECT_EQ(words.Parse("no"), std::nullopt);
  EXPECT_EQ(numbers.Parse("2.0"), 2);
  EXPECT_EQ(numbers.Parse("3"), std::nullopt);
}

TEST(Parameter, GivesEveryUniformValueTheSameMass) {
  for (const ParameterSpec& spec :
       {Int("1", "8"),
        Double("0", "0.75", "0.1"),
        List(ParameterType::kCategorical, {"a", "b", "c", "d", "e", "f", "g", "h"})}) {
    const auto masses = Masses(ReadOne(spec), 800);

    EXPECT_THAT(masses, SizeIs(8));
    for (const auto& [value, mass] : masses) {
      EXPECT_EQ(mass, 100) << value;
    }
  }
}

TEST(Parameter, GivesAnIntOnALogScaleTheMassOfItsCell) {
  const Parameter parameter = ReadOne(Int("1", "8", "", Distribution::kLogUniform));

  const auto masses = Masses(parameter, 100'000);

  ASSERT_THAT(masses, SizeIs(8));
  const double whole = std::log(8.5) - std::log(0.5);
  for (const auto& [value, mass] : masses) {
    const double cell = std::log(value + 0.5) - std::log(value - 0.5);
    EXPECT_NEAR(mass / 1e5, cell / whole, 2e-5) << value;
  }
}

TEST(Parameter, GivesASteppedNormalTheMassOfItsCell) {
  const Parameter parameter = ReadOne(Int("-6", "6", "", Distribution::kNormal));
  const auto probability = [](double z) {
    return 0.5 * std::erfc(-z / std::sqrt(2.0));
  };

  const auto masses = Masses(parameter, 100'000);

  const double whole = probability(6.5 / 2) - probability(-6.5 / 2);
  ASSERT_THAT(masses, SizeIs(13));
  for (const auto& [value, mass] : masses) {
    const double cell = probability((value + 0.5) / 2) - probability((value - 0.5) / 2);
    EXPECT_NEAR(mass / 1e5, cell / whole, 2e-5) << value;
  }
}

TEST(Parameter, CutsNormalsAtTheBounds) {
  const Parameter normal = ReadOne(Double("-3", "3", "", Distribution::kNormal));
  const Parameter log_normal = ReadOne(Double("1e-3", "1e3", "", Distribution::kLogNormal));

  EXPECT_NEAR(normal.Quantile(0), -3, 1e-12);
  EXPECT_NEAR(normal.Quantile(0.5), 0, 1e-12);
  EXPECT_NEAR(normal.Quantile(0.8413447460685429), 0.9962, 1e-3);
  EXPECT_NEAR(log_normal.Quantile(0.5), 1, 1e-9);
  EXPECT_NEAR(log_normal.Quantile(0), 1e-3, 1e-12);
}

TEST(Parameter, NeverLeavesItsBoundsByAnUlp) {
  const auto below_one = std::nextafter(1.0, 0.0);
  for (const Distribution distribution : {Distribution::kUniform,
                                          Distribution::kLogUniform,
                                          Distribution::kNormal,
                                          Distribution::kLogNormal}) {
    for (const auto& [min, max] :
         {std::pair{"1e-7", "0.3"}, {"0.1", "0.7"}, {"3", "3"}, {"5e-324", "1.7e308"}}) {
      const Parameter parameter = ReadOne(Double(min, max, "", distribution));
      for (const double p : {0.0, 1e-300, 1e-17, 0.3, 0.9999999999, below_one, 1.0}) {
        const double value = parameter.Quantile(p);
        EXPECT_GE(value, parameter.low);
        EXPECT_LE(value, parameter.high);
        EXPECT_EQ(parameter.Parse(parameter.Format(value)), value);
      }
    }
  }
}

TEST(Parameter, ReachesBothBoundsOfEverySteppedDistribution) {
  for (const Distribution distribution : {Distribution::kUniform,
                                          Distribution::kLogUniform,
                                          Distribution::kNormal,
                                          Distribution::kLogNormal}) {
    for (const ParameterSpec& spec :
         {Int("1", "9", "3", distribution), Double("0.01", "0.95", "0.1", distribution)}) {
      const Parameter parameter = ReadOne(spec);
      EXPECT_EQ(parameter.Quantile(0), parameter.low);
      EXPECT_EQ(parameter.Quantile(std::nextafter(1.0, 0.0)), parameter.high);
    }
  }
}

TEST(SearchSpace, ReadsAssignmentsInAnyOrderButNeverTooManyOrTooFew) {
  ParameterSpec other = Int("1", "3");
  other.name = "y";
  const SearchSpace space = Read({Int("1", "3"), other});

  EXPECT_EQ(space.Parse({{"y", "3"}, {"x", "1"}}), (Point{1, 3}));
  EXPECT_EQ(space.Parse({{"x", "1"}}), std::nullopt);
  EXPECT_EQ(space.Parse({{"x", "1"}, {"x", "1"}}), std::nullopt);
  EXPECT_EQ(space.Parse({{"x", "1"}, {"y", "4"}}), std::nullopt);
  EXPECT_EQ(space.Parse({{"x", "1"}, {"y", "1"}, {"z", "1"}}), std::nullopt);
}

}  // namespace
}  // namespace hone
