#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/convert/document.h"

namespace hone::proto {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string ErrorOf(std::string_view text, const ReadLimits& limits = {}) {
  const auto value = ReadJson(text, limits);
  if (value) {
    return "";
  }
  EXPECT_EQ(value.error().code, Code::kInvalidArgument);
  return value.error().message;
}

TEST(JsonText, ReadsWhatItWrites) {
  const Json value = {
      {"b", {1, -2, 0.1, 5e-324, 1e22, true, nullptr, Json::array(), Json::object()}},
      {"a", {{"nested", "text \"quoted\" \n \xC3\xA9"}}},
      {"largest", std::numeric_limits<std::uint64_t>::max()},
      {"least", std::numeric_limits<std::int64_t>::min()}};

  EXPECT_EQ(ReadJson(WriteJson(value)), value);
  EXPECT_EQ(ReadJson(WritePrettyJson(value)), value);
  EXPECT_EQ(ReadJson("7"), Json(7));
  EXPECT_EQ(ReadJson("\"\\ud83d\\ude00\""), Json("\xF0\x9F\x98\x80"));
}

TEST(JsonText, WritesKeysSortedAndNoBlanks) {
  EXPECT_EQ(WriteJson({{"b", {1, 2.0}}, {"a", "x"}}), R"({"a":"x","b":[1,2.0]})");
  EXPECT_EQ(WritePrettyJson({{"b", 1}, {"a", 2}}), "{\n  \"a\": 2,\n  \"b\": 1\n}");
}

TEST(JsonText, ReplacesValuesThatJsonCannotHold) {
  const double infinity = std::numeric_limits<double>::infinity();

  EXPECT_EQ(WriteJson(Json::array({infinity, -infinity, std::nan("")})), "[null,null,null]");
  EXPECT_EQ(WriteJson("a\xFF"
                      "b"),
            "\"a\xEF\xBF\xBD"
            "b\"");
}

TEST(JsonText, KeepsDoublesExact) {
  for (const double value : {0.1, 1.0 / 3, 1e-308, 1.7976931348623157e308, 123456789.12345678}) {
    EXPECT_EQ(ReadJson(WriteJson(value)), Json(value));
  }
  EXPECT_TRUE(ReadJson("1.0")->is_number_float());
}

TEST(JsonText, SaysWhereTheTextIsNotJson) {
  EXPECT_THAT(ErrorOf("{\"a\": 1,\n \"b\": tru}"), StartsWith("2:10: syntax error"));
  EXPECT_THAT(ErrorOf(""), StartsWith("1:1: syntax error"));
  EXPECT_THAT(ErrorOf("{\"a\": 1"), StartsWith("1:8: syntax error"));
  EXPECT_THAT(ErrorOf("[1] 2"), StartsWith("1:5: "));
  EXPECT_THAT(ErrorOf("[1,]"), StartsWith("1:4: "));
  EXPECT_THAT(ErrorOf("\"\xFF\""), StartsWith("1:2: "));
  EXPECT_THAT(ErrorOf(std::string("[1\0]", 4)), StartsWith("1:3: "));
  EXPECT_THAT(ErrorOf("[1e999]"), HasSubstr("number overflow"));
  EXPECT_LT(ErrorOf("\"" + std::string(100'000, 'x')).size(), 200U);
}

TEST(JsonText, RefusesDuplicateKeys) {
  EXPECT_EQ(ErrorOf("{\"a\": 1,\n \"b\": 2, \"a\": 3}"), "2:10: duplicate key \"a\"");
  EXPECT_EQ(ErrorOf(R"({"q\"\\": 1, "q\"\\": 2})"), R"(1:14: duplicate key "q"\")");
  EXPECT_EQ(ErrorOf(R"({"": 1, "": 2})"), "1:9: duplicate key \"\"");
  EXPECT_EQ(ErrorOf(R"([{"a": 1}, {"a": 1}, {"b": {"a": 1}, "a": 2}])"), "");
}

TEST(JsonText, RefusesDeepNesting) {
  const ReadLimits limits{.max_depth = 3};

  EXPECT_EQ(ErrorOf("[[[1]]]", limits), "");
  EXPECT_EQ(ErrorOf("[{\"a\": [[1]]}]", limits), "1:9: nested more than 3 deep");
  EXPECT_EQ(ErrorOf(std::string(1'000'000, '[')), "1:101: nested more than 100 deep");
}

TEST(JsonText, RefusesTooManyValuesAndTooLargeTexts) {
  EXPECT_EQ(ErrorOf("[1, 2]", {.max_nodes = 3}), "");
  EXPECT_THAT(ErrorOf("[1, 2, 3]", {.max_nodes = 3}), HasSubstr("more than 3 values"));
  EXPECT_THAT(ErrorOf("[[], [], []]", {.max_nodes = 3}), StartsWith("1:10: more than 3 values"));
  EXPECT_EQ(ErrorOf("[1, 2]", {.max_bytes = 5}), "1:1: the text has 6 bytes, at most 5 are read");
}

}  // namespace
}  // namespace hone::proto
