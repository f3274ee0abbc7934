#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/convert/document.h"

namespace hone::proto {
namespace {

void ExpectRoundTrip(const Json& value) {
  const std::string text = WriteYaml(value);

  const auto documents = ReadYaml(text);

  ASSERT_TRUE(documents.has_value()) << documents.error().message << "\n" << text;
  ASSERT_EQ(documents->size(), 1U) << text;
  // Also compared as JSON text, in which 1 and 1.0 differ.
  EXPECT_EQ(documents->front().value, value) << text;
  EXPECT_EQ(WriteJson(documents->front().value), WriteJson(value)) << text;
}

TEST(YamlWriter, WritesBlocksInTheOrderPeopleExpect) {
  const Json value = {
      {"status", Json::object()},
      {"spec",
       {{"parameters",
         {{{"feasibleSpace", {{"max", "0.03"}, {"list", {"a", "5"}}}}, {"name", "lr"}}}},
        {"goal", 0.99},
        {"empty", Json::array()}}},
      {"metadata", {{"namespace", "kubeflow"}, {"name", "random"}}},
      {"kind", "Experiment"},
      {"apiVersion", "kubeflow.org/v1beta1"}};

  EXPECT_EQ(WriteYaml(value), R"(apiVersion: kubeflow.org/v1beta1
kind: Experiment
metadata:
  name: random
  namespace: kubeflow
spec:
  empty: []
  goal: 0.99
  parameters:
  - name: lr
    feasibleSpace:
      list:
      - a
      - "5"
      max: "0.03"
status: {}
)");
}

TEST(YamlWriter, QuotesOnlyTextThatWouldBeReadAsSomethingElse) {
  for (const char* text : {"relu",
                           "--lr=${trialParameters.lr}",
                           "a b",
                           "http://x:80/y?z=1",
                           "x#y",
                           "key:value",
                           "(a|b)",
                           "/opt/mnist.py",
                           "-x",
                           "~/models",
                           "10m",
                           "yEs",
                           "é"}) {
    EXPECT_EQ(WriteYaml({{"a", text}}), std::string("a: ") + text + "\n");
  }
  for (const char* text :
       {"",     "0.01", "5",  "-1",   "1e-3", "0x1F", "017",  "1_000",      "yes", "y",   "No",
        "on",   "null", "~",  "true", ".inf", ".5",   "1:30", "2026-01-31", "-",   "---", "...",
        "a: b", "a #b", "a:", " a",   "a ",   "@a",   "*a",   "&a",         "!a",  "- a", "? a",
        "{a",   "[a",   "<<", "=",    "#a",   "%a",   "|",    ">",          "'a",  "`a",  ",a"}) {
    EXPECT_EQ(WriteYaml({{"a", text}}), std::string("a: \"") + text + "\"\n");
  }
  EXPECT_EQ(WriteYaml({{"yes", 1}, {"1", 2}}), "\"1\": 2\n\"yes\": 1\n");
  EXPECT_EQ(WriteYaml({{"a", R"({"b": "c\d"})"}}),
            R"(a: '{"b": "c\d"}')"
            "\n");
}

TEST(YamlWriter, EscapesControlCharactersAndUnusualLineBreaks) {
  EXPECT_EQ(WriteYaml({{"a", std::string("\0\x01\x7F\t\r", 5)}}), "a: \"\\x00\\x01\\x7f\\t\\r\"\n");
  EXPECT_EQ(WriteYaml({{"a", "\xC2\x85\xC2\xA0\xE2\x80\xA8\xEF\xBB\xBF\xEF\xBF\xBF"}}),
            "a: \"\\x85\\xa0\\u2028\\ufeff\\uffff\"\n");
  EXPECT_EQ(WriteYaml({{"a", "b\xFF"}}), "a: \"b\xEF\xBF\xBD\"\n");
}

TEST(YamlWriter, WritesLinesAsALiteralBlockWhereThatIsExact) {
  EXPECT_EQ(WriteYaml({{"a", "x\n  y: 1\n\n\tz\n"}}), "a: |\n  x\n    y: 1\n\n  \tz\n");
  EXPECT_EQ(WriteYaml({{"a", {"x\ny"}}}), "a:\n- |-\n  x\n  y\n");
  EXPECT_EQ(WriteYaml({{"a", "x\n\n\n"}, {"b", 1}}), "a: |+\n  x\n\n\nb: 1\n");
  EXPECT_EQ(WriteYaml({{"a", " x\ny"}}), "a: \" x\\ny\"\n");
  EXPECT_EQ(WriteYaml({{"a", "x\n \ny"}}), "a: \"x\\n \\ny\"\n");
}

TEST(YamlWriter, KeepsNumbersExact) {
  EXPECT_EQ(WriteYaml({{"a", 1.0}, {"b", 1}, {"c", 1e-5}, {"d", 1e22}, {"e", 0.1}}),
            "a: 1.0\nb: 1\nc: 1.0e-05\nd: 1.0e+22\ne: 0.1\n");
  for (const double value :
       {1.0, -0.0, 1e-5, 5e-324, 1.7976931348623157e308, 1.0 / 3, 1e15, 1e17}) {
    ExpectRoundTrip({{"a", value}});
  }
  ExpectRoundTrip({std::numeric_limits<std::int64_t>::min(),
                   std::numeric_limits<std::int64_t>::max(),
                   std::numeric_limits<std::uint64_t>::max(),
                   0});
  EXPECT_EQ(WriteYaml(Json::array({std::numeric_limits<double>::infinity()})), "- null\n");
}

TEST(YamlWriter, WritesRootsOfEveryKind) {
  for (const Json& value : {Json("x\n---\ny\n"),
                            Json("5"),
                            Json(5),
                            Json(true),
                            Json::array(),
                            Json::object(),
                            Json::array({Json::array({1, Json::array({2})})})}) {
    ExpectRoundTrip(value);
  }
  EXPECT_EQ(WriteYaml({{1, {2, 3}}, 4}), "- - 1\n  - - 2\n    - 3\n- 4\n");
}

TEST(YamlWriter, WritesKeysTooLongForOneLine) {
  ExpectRoundTrip({{std::string(5000, 'k'), {{"a", {1, 2}}}},
                   {std::string(2000, '\n'), {1, {2}}},
                   {std::string(1001, ' '), "x\ny\n"}});
}

/// Texts that YAML could read as something else.
const std::vector<std::string> kParts = {"a",
                                         "yes",
                                         "0",
                                         "1",
                                         ".",
                                         "-",
                                         "+",
                                         "_",
                                         "x",
                                         "e",
                                         " ",
                                         "  ",
                                         "\n",
                                         "\n",
                                         "\t",
                                         ":",
                                         ": ",
                                         "#",
                                         " #",
                                         "---",
                                         "...",
                                         "\r",
                                         "\"",
                                         "'",
                                         "\\",
                                         "{",
                                         "}",
                                         "[",
                                         "]",
                                         ",",
                                         "&a",
                                         "*a",
                                         "!",
                                         "|",
                                         ">",
                                         "%",
                                         "@",
                                         "`",
                                         "?",
                                         "~",
                                         "<<",
                                         "=",
                                         "é",
                                         "字",
                                         "😀",
                                         "\xC2\x85",
                                         "\xE2\x80\xA8",
                                         "\xEF\xBB\xBF",
                                         "\x7F",
                                         std::string(1, '\0'),
                                         "null",
                                         "\xC2\xA0",
                                         "- ",
                                         "? ",
                                         "0x",
                                         "\n\n",
                                         "word",
                                         "\xEF\xBF\xBF"};

/// Trees with contents that are difficult in YAML; the same seed gives the same tree.
class TreeMaker {
 public:
  explicit TreeMaker(std::uint32_t seed) : random_(seed) {}

  Json Tree(int depth) {
    const std::size_t kind = Below(depth > 0 ? 8 : 4);
    if (kind < 4) {
      return Scalar();
    }
    Json tree = kind < 6 ? Json::array() : Json::object();
    for (std::size_t count = Below(5); count > 0; --count) {
      if (tree.is_array()) {
        tree.push_back(Tree(depth - 1));
      } else {
        tree[Text()] = Tree(depth - 1);
      }
    }
    return tree;
  }

 private:
  std::size_t Below(std::size_t count) { return random_() % count; }

  Json Scalar() {
    switch (Below(6)) {
      case 0:
        return nullptr;
      case 1:
        return Below(2) == 0;
      case 2:
        return static_cast<std::int64_t>(Bits() >> Below(64));
      case 3:
        return Number();
      default:
        return Text();
    }
  }

  std::uint64_t Bits() { return std::uint64_t{random_()} << 32U | random_(); }

  Json Number() {
    const std::uint64_t bits = Bits();
    double value = 0;
    std::memcpy(&value, &bits, sizeof(value));
    return std::isfinite(value) ? Json(value) : Json(static_cast<double>(Below(100)) / 8);
  }

  std::string Text() {
    std::string text;
    for (std::size_t count = Below(8); count > 0; --count) {
      text += kParts[Below(kParts.size())];
    }
    return text;
  }

  std::mt19937 random_;
};

TEST(YamlWriter, IsReadBackEqualForAnyTree) {
  for (std::uint32_t seed = 0; seed < 3000 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Json tree = TreeMaker(seed).Tree(5);
    if (!tree.is_null()) {
      ExpectRoundTrip(tree);
    }
  }
}

}  // namespace
}  // namespace hone::proto
