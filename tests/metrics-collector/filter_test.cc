#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics-collector/parse/line_parser.h"

namespace hone::metrics {
namespace {

using ::testing::HasSubstr;

TEST(Filter, IsFineWithTwoGroupsOrMore) {
  for (const std::string& filter : {std::string(kDefaultFilter),
                                    std::string(R"(([\w|-]+)\s*=\s*((-?\d+)(\.\d+)?))"),
                                    std::string(R"((?P<name>\w+): (?P<value>\S+))"),
                                    std::string(R"((?i)(loss)[^\d]*(\d+))")}) {
    EXPECT_TRUE(CheckFilter(filter).has_value()) << filter;
  }
}

TEST(Filter, SaysWhatIsWrong) {
  const struct {
    const char* filter;
    const char* wanted;
  } rows[] = {
      {"(unclosed", "missing )"},
      {R"((\w+)=(\d+)(?=x))", "invalid perl operator"},
      {R"((a)\1(b))", "invalid escape sequence"},
      {"", "it has 0"},
      {R"(\w+=\d+)", "it has 0"},
      {R"((\w+)=\d+)", "it has 1"},
      {R"((?:\w+)=(\d+))", "it has 1"},
      {"(a{1000}){1000}(b)", "invalid repetition size"},
      {"((((a{100}){100}){100}))(b)", "invalid repetition size"},
  };
  for (const auto& row : rows) {
    const Status status = CheckFilter(row.filter);

    ASSERT_FALSE(status.has_value()) << row.filter;
    EXPECT_EQ(status.error().code, Code::kInvalidArgument);
    EXPECT_THAT(status.error().message, HasSubstr(row.wanted));
  }
}

TEST(Filter, MakesNoParserWhenItIsWrong) {
  const auto parser = LineParser::Make(
      {.format = MetricsFormat::kText, .filters = {"(a)(b)", "(a"}, .metrics = {"a"}});

  ASSERT_FALSE(parser.has_value());
  EXPECT_THAT(parser.error().message, HasSubstr("missing )"));
}

}  // namespace
}  // namespace hone::metrics
