#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/convert/document.h"

namespace hone::proto {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Json ReadOne(std::string_view text) {
  const auto documents = ReadYaml(text);
  EXPECT_TRUE(documents.has_value()) << documents.error().message;
  if (!documents || documents->size() != 1) {
    ADD_FAILURE() << "not one document: " << text;
    return nullptr;
  }
  return documents->front().value;
}

std::string ErrorOf(std::string_view text, const ReadLimits& limits = {}) {
  const auto documents = ReadYaml(text, limits);
  if (documents) {
    return "";
  }
  EXPECT_EQ(documents.error().code, Code::kInvalidArgument);
  return documents.error().message;
}

std::string Repeat(std::string_view part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += part;
  }
  return text;
}

/// Expects that `text` has the value and the type of `expected`.
void ExpectScalar(const std::string& text, const Json& expected) {
  const Json value = ReadOne("a: " + text)["a"];

  EXPECT_EQ(value, expected) << text;
  EXPECT_EQ(value.is_string(), expected.is_string()) << text;
  EXPECT_EQ(value.is_number_float(), expected.is_number_float()) << text;
}

TEST(YamlScalar, ReadsTheBooleansOfYaml11) {
  for (const char* word :
       {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}) {
    ExpectScalar(word, true);
  }
  for (const char* word : {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "OFF"}) {
    ExpectScalar(word, false);
  }
  for (const char* word : {"yEs", "tRUE", "oN", "yess"}) {
    ExpectScalar(word, word);
  }
}

TEST(YamlScalar, ReadsNull) {
  for (const char* word : {"", "\n", "&x", "~", "null", "Null", "NULL", "!!null ''"}) {
    ExpectScalar(word, nullptr);
  }
  ExpectScalar("nULL", "nULL");
}

TEST(YamlScalar, ReadsIntegersAsGoDoes) {
  const std::vector<std::pair<std::string, Json>> cases = {
      {"0", 0},
      {"-0", 0},
      {"+7", 7},
      {"1_000", 1000},
      {"0x1F", 31},
      {"-0x1f", -31},
      {"0X1f", 31},
      {"0b11", 3},
      {"-0b11", -3},
      {"0o17", 15},
      {"017", 15},
      {"-017", -15},
      {"9223372036854775807", INT64_MAX},
      {"-9223372036854775808", INT64_MIN},
      {"9223372036854775808", 9223372036854775808U},
      {"18446744073709551615", UINT64_MAX},
      {"18446744073709551616", 18446744073709551616.0},
      {"-9223372036854775809", -9223372036854775809.0},
  };
  for (const auto& [text, value] : cases) {
    ExpectScalar(text, value);
  }
}

TEST(YamlScalar, ReadsFloatsAsGoDoes) {
  const std::vector<std::pair<std::string, Json>> cases = {
      {"0.01", 0.01},
      {"1.", 1.0},
      {".5", 0.5},
      {"-.5", -0.5},
      {"+.5", 0.5},
      {"1e3", 1000.0},
      {"1E-3", 0.001},
      {"1_0.5", 10.5},
      {"019", 19.0},
      {"08.5", 8.5},
      {"1.0e-05", 1.0e-5},
      {"5e-324", 5e-324},
  };
  for (const auto& [text, value] : cases) {
    ExpectScalar(text, value);
  }
}

TEST(YamlScalar, LeavesOtherScalarsAsText) {
  for (const char* text : {"2001-12-14",
                           "1:30",
                           "0x",
                           "0b",
                           "0o8",
                           "1e",
                           "e3",
                           ".e3",
                           "+",
                           "0x1p3",
                           "1e400",
                           "0xfffffffffffffffff",
                           "1.2.3",
                           "_1",
                           "."}) {
    ExpectScalar(text, text);
  }
}

TEST(YamlScalar, LeavesQuotedTextAsText) {
  for (const char* text : {"'5'", "\"yes\"", "!!str 5", "! 5", "!mine 5", "|-\n  5", ">-\n  5"}) {
    const Json value = ReadOne(std::string("a: ") + text)["a"];
    EXPECT_TRUE(value.is_string()) << text;
  }
}

TEST(YamlScalar, ObeysTags) {
  ExpectScalar("!!int '5'", 5);
  ExpectScalar("!!float 5", 5.0);
  ExpectScalar("!!bool 'yes'", true);
  EXPECT_THAT(ErrorOf("a: !!int x"), StartsWith("1:4: \"x\" cannot be read as !!int"));
  EXPECT_THAT(ErrorOf("a: !!binary aGk="), HasSubstr("!!binary"));
}

TEST(YamlScalar, RefusesNumbersThatJsonDoesNotHave) {
  EXPECT_THAT(ErrorOf("a:\n  b: .inf"), StartsWith("2:6: .inf is not a number"));
  EXPECT_THAT(ErrorOf("a: -.INF"), StartsWith("1:4: "));
  EXPECT_THAT(ErrorOf("a: .NaN"), StartsWith("1:4: "));
}

TEST(YamlScalar, ReadsJsonsCharactersOfTwoHalves) {
  const Json value = ReadOne(R"({"a": "\ud83d\udca5!", "b": "\\ud83d\\udca5", "c": 'x'})");

  EXPECT_EQ(value["a"], "\xF0\x9F\x92\xA5!");
  EXPECT_EQ(value["b"], R"(\ud83d\udca5)");
  for (const char* const text :
       {R"({"a": "\ud83d"})", R"({"a": "\udca5\ud83d"})", R"({"a": "\ud83dx\udca5"})"}) {
    EXPECT_THAT(ErrorOf(text), HasSubstr("half a character")) << text;
  }
}

TEST(YamlScalar, ReadsEveryEscape) {
  EXPECT_EQ(ReadOne(R"(a: "\0\x41\u00e9\U0001F600\/\"\\\t\n")")["a"],
            std::string("\0A\xC3\xA9\xF0\x9F\x98\x80/\"\\\t\n", 13));
  EXPECT_EQ(ReadOne(R"(a: "\N\_é\N")")["a"], "\xC2\x85\xC2\xA0é\xC2\x85");
  EXPECT_THAT(ErrorOf(R"(a: "\ud83d")"), HasSubstr("half a character"));
}

TEST(YamlReader, ReadsBlockFlowAndJson) {
  const Json expected = {{"a", {1, "b", nullptr}}, {"c", {{"d", true}}}};

  EXPECT_EQ(ReadOne("a:\n- 1\n- b\n-\nc:\n  d: yes\n"), expected);
  EXPECT_EQ(ReadOne("a: [1, b, ~]\nc: {d: true}\n"), expected);
  EXPECT_EQ(ReadOne("{\n\t\"a\": [1, \"b\", null],\n\t\"c\": {\"d\": true}\n}"), expected);
  EXPECT_EQ(ReadOne("? a\n? b\n: c\n"), (Json{{"a", nullptr}, {"b", "c"}}));
  EXPECT_EQ(ReadOne("{a: , b, c: 1}"), (Json{{"a", nullptr}, {"b", nullptr}, {"c", 1}}));
}

TEST(YamlReader, KeepsLineBreaksOfBlocks) {
  EXPECT_EQ(ReadOne("a: |\n  x\n   y\n\n  z\n")["a"], "x\n y\n\nz\n");
  EXPECT_EQ(ReadOne("a: |-\n  x\n\n")["a"], "x");
  EXPECT_EQ(ReadOne("a: |+\n  x\n\n")["a"], "x\n\n");
  EXPECT_EQ(ReadOne("a: |\n  x")["a"], "x");
  EXPECT_EQ(ReadOne("a: >\n  x\n  y\n")["a"], "x y\n");
}

TEST(YamlReader, ReadsTextsFromWindows) {
  const Json expected = {{"a", "x\ny\n"}, {"b", "c d"}};

  EXPECT_EQ(ReadOne("\xEF\xBB\xBF"
                    "a: |\r\n  x\r\n  y\r\nb: c\r\n  d\r\n"),
            expected);
}

TEST(YamlReader, ReadsSeveralDocumentsAndSkipsEmptyOnes) {
  const auto documents = ReadYaml("# first\n---\na: 1\n---\n\n---\nb: 2\n...\n---\nnull\n---\n");

  ASSERT_TRUE(documents.has_value());
  ASSERT_EQ(documents->size(), 2U);
  EXPECT_EQ((*documents)[0].value, (Json{{"a", 1}}));
  EXPECT_EQ((*documents)[1].value, (Json{{"b", 2}}));
  EXPECT_EQ((*documents)[1].Find("b"), (Position{7, 1}));
}

TEST(YamlReader, FindsNoDocumentInAnEmptyText) {
  for (const char* text : {"", "\n\n", "---\n", "# only a comment", "---\n...\n---\n"}) {
    const auto documents = ReadYaml(text);
    ASSERT_TRUE(documents.has_value()) << text;
    EXPECT_TRUE(documents->empty()) << text;
  }
}

TEST(YamlReader, TurnsKeysIntoText) {
  const Json expected = {{"1", "a"}, {"1.5", "b"}, {"1e+06", "c"}, {"true", "d"}, {"16", "e"}};

  EXPECT_EQ(ReadOne("1: a\n1.5: b\n1e6: c\nyes: d\n0x10: e\n"), expected);
  EXPECT_THAT(ErrorOf("? [a]\n: b"), StartsWith("1:3: a key must be a scalar"));
  EXPECT_THAT(ErrorOf("a:\n  ~: b"), StartsWith("2:3: a key must be a scalar"));
}

TEST(YamlReader, RefusesDuplicateKeys) {
  EXPECT_EQ(ErrorOf("spec:\n  a: 1\n  b: 2\n  a: 3\n"), "4:3: duplicate key \"a\", first at 2:3");
  EXPECT_EQ(ErrorOf("{\"a\": 1, \"a\": 1}"), "1:10: duplicate key \"a\", first at 1:2");
  EXPECT_THAT(ErrorOf("1: a\n'1': b"), StartsWith("2:1: duplicate key \"1\""));
}

TEST(YamlReader, ExpandsAliases) {
  EXPECT_EQ(ReadOne("a: &x {p: [1]}\nb: *x\nc: [*x, *x]\n"),
            (Json{{"a", {{"p", {1}}}}, {"b", {{"p", {1}}}}, {"c", {{{"p", {1}}}, {{"p", {1}}}}}}));
  EXPECT_EQ(ReadOne("a: &x 1\nb: &x 2\nc: *x\n")["c"], 2);
  EXPECT_THAT(ErrorOf("a: *x"), StartsWith("1:4: "));
  EXPECT_THAT(ErrorOf("a: &x 1\n---\nb: *x"), StartsWith("3:4: "));
  EXPECT_THAT(ErrorOf("a: &x [1, *x]"), StartsWith("1:11: the alias stands inside"));
}

TEST(YamlReader, MergesBelowTheKeysOfTheMapItself) {
  EXPECT_EQ(ReadOne("m: &m {a: 1, b: 2}\no:\n  <<: *m\n  a: 3\n")["o"], (Json{{"a", 3}, {"b", 2}}));
  EXPECT_EQ(ReadOne("a: 3\n<<: {a: 1, b: 2}\n"), (Json{{"a", 3}, {"b", 2}}));
  EXPECT_EQ(ReadOne("<<: [{a: 1}, {a: 2, b: 2}]\n"), (Json{{"a", 1}, {"b", 2}}));
  EXPECT_EQ(ReadOne("'<<': 1\n"), (Json{{"<<", 1}}));
  EXPECT_THAT(ErrorOf("a:\n  <<: 1"), StartsWith("2:7: << merges a mapping"));
  EXPECT_THAT(ErrorOf("<<: {a: 1}\n<<: {b: 1}"), StartsWith("2:1: duplicate key \"<<\""));
}

TEST(YamlReader, RemembersWhereFieldsStand) {
  const auto documents = ReadYaml(
      "kind: Experiment\nmetadata:\n  labels:\n    a.b/c: x\nspec:\n  parameters:\n  - name: lr\n"
      "    list: [1, {k: v}]\n");

  ASSERT_TRUE(documents.has_value());
  const Document& document = documents->front();
  EXPECT_EQ(document.positions.at("kind"), (Position{1, 1}));
  EXPECT_EQ(document.positions.at("metadata.labels[a.b/c]"), (Position{4, 5}));
  EXPECT_EQ(document.positions.at("spec.parameters[0]"), (Position{7, 5}));
  EXPECT_EQ(document.positions.at("spec.parameters[0].list[1].k"), (Position{8, 16}));
}

TEST(YamlReader, FindsTheNearestAncestorOfAFieldThatIsNotThere) {
  const auto documents = ReadYaml("\nspec: &s\n  parameters:\n  - name: lr\nother: *s\n");

  ASSERT_TRUE(documents.has_value());
  const Document& document = documents->front();
  EXPECT_EQ(document.Find("spec.parameters[0].feasibleSpace.max"), (Position{4, 5}));
  EXPECT_EQ(document.Find("spec.parameters[7]"), (Position{3, 3}));
  EXPECT_EQ(document.Find("other.parameters[0].name"), (Position{5, 1}));
  EXPECT_EQ(document.Find("status"), (Position{2, 1}));
  EXPECT_EQ(Document{}.Find("spec"), Position{});
}

TEST(YamlReader, SaysWhereTheTextIsNotYaml) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a: b: c", "1:5: a key is not allowed here"},
      {"a: 1\n b: 2", "2:3: a key is not allowed here"},
      {"x:\n - a\n- b", "3:1: expected a key of the mapping above"},
      {"a: 1\nb", "2:1: expected ':' after this key"},
      {"a: 1\nb c\n---\nd: 1", "2:1: expected ':' after this key"},
      {"a 1\nb: 2", "2:2: a key is not allowed here"},
      {"a: @x", "1:4: no value begins with this character"},
      {"a: }", "1:4: a ']' or '}' that closes nothing"},
      {"[a,, b]", "1:4: an item is missing"},
      {"{a: 1", "1:6: the text ends too early: expected ',' or '}'"},
      {"{:", "1:2: "},
      {"[:", "1:2: "},
      {", a", "1:1: the document has ended"},
      {"[a] [b]", "1:5: the document has ended"},
      {"> !2", "1:3: "},
  };
  for (const auto& [text, start] : cases) {
    EXPECT_THAT(ErrorOf(text), StartsWith(start)) << text;
  }
}

TEST(YamlReader, RefusesAQuoteThatIsNotClosed) {
  for (const char* text : {"a: \"x", "a: \"x\n", "a: 'x\nb: c\n", "a: [\"x\n  ", "a: 'x\n\n \t"}) {
    EXPECT_THAT(ErrorOf(text), HasSubstr("a quoted value is not closed")) << text;
  }
}

TEST(YamlReader, RefusesTabsThatIndent) {
  for (const char* text : {"a: 1\n\tb: 2", "a:\n\tb: 1", "a:\n\t- b", "a:\n\tb", "a:\n \tb: 1\n"}) {
    EXPECT_THAT(ErrorOf(text), HasSubstr("2:")) << text;
    EXPECT_THAT(ErrorOf(text), HasSubstr("a tab indents this line")) << text;
  }
}

TEST(YamlReader, RefusesBytesThatAreNoText) {
  EXPECT_THAT(ErrorOf("a: 1\nb: \xC3\x28"), StartsWith("2:4: the text is not UTF-8"));
  EXPECT_THAT(ErrorOf("a: \xED\xA0\x80"), StartsWith("1:4: the text is not UTF-8"));
  EXPECT_THAT(ErrorOf("a: \xC0\xAF"), StartsWith("1:4: the text is not UTF-8"));
  EXPECT_THAT(ErrorOf("a: \xF4\x90\x80\x80"), StartsWith("1:4: the text is not UTF-8"));
  EXPECT_THAT(ErrorOf("\xFF\xFE"
                      "a"),
              StartsWith("1:1: the text is not UTF-8"));
  EXPECT_THAT(ErrorOf(std::string("a: b\0c", 6)), StartsWith("1:5: control character 0"));
  EXPECT_THAT(ErrorOf("a: \x04"), StartsWith("1:4: control character 4"));
  EXPECT_THAT(ErrorOf("a: \x7F"), StartsWith("1:4: control character 127"));
}

TEST(YamlReader, RefusesALargeTextUnread) {
  EXPECT_EQ(ErrorOf("a: " + std::string(10'000'000, 'x')),
            "1:1: the text has 10000003 bytes, at most 4194304 are read");
}

TEST(YamlReader, RefusesDeepNesting) {
  for (const char* opening : {"[", "{a: ", "- ", "? ", "[a, ", "- ? "}) {
    EXPECT_THAT(ErrorOf(Repeat(opening, 100'000)), HasSubstr("nested more than 100 deep"))
        << opening;
  }
  EXPECT_THAT(ErrorOf(std::string(4'000'000, '[')), HasSubstr("more than 400000 of the marks"));
}

TEST(YamlReader, ReadsAsDeepAsTheLimitSays) {
  const ReadLimits limits{.max_depth = 3};

  EXPECT_EQ(ErrorOf("[[[1]]]", limits), "");
  EXPECT_THAT(ErrorOf("[[[[1]]]]", limits), StartsWith("1:4: nested more than 3 deep"));
  EXPECT_THAT(ErrorOf("a: &a [[1]]\nb: [*a]", limits), StartsWith("2:5: nested more than 3 deep"));
}

TEST(YamlReader, RefusesAliasesThatExplode) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1) + ",";
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + Repeat(alias, 10) + "]\n";
  }
  const std::string long_text =
      "a: &a " + std::string(1'000'000, 'x') + "\nb: [" + Repeat("*a,", 50'000) + "]\n";

  EXPECT_THAT(ErrorOf(bomb), HasSubstr("more than 200000 nodes after the expansion of aliases"));
  EXPECT_THAT(ErrorOf(long_text), StartsWith("2:17: aliases repeat more than 4194304 bytes"));
}

TEST(YamlReader, RefusesMergesThatExplode) {
  std::string chain = "m0: &m0 {a: 1}\n";
  for (int i = 1; i < 5000; ++i) {
    const std::string name = "m" + std::to_string(i);
    chain += name + ": &" + name + " {<<: *m" + std::to_string(i - 1) + ", k" + name + ": 1}\n";
  }

  EXPECT_THAT(ErrorOf(chain), HasSubstr("nested more than 100 deep"));
}

TEST(YamlReader, CountsNodesOverAllDocuments) {
  const ReadLimits limits{.max_nodes = 10};

  EXPECT_EQ(ErrorOf("a: [1, 2, 3]\n---\nb: 1\n", limits), "");
  EXPECT_THAT(ErrorOf("a: [1, 2, 3]\n---\nb: [1, 2]\n", limits),
              StartsWith("3:8: more than 10 nodes"));
}

TEST(YamlReader, ForgetsPositionsOnlyWhenTheirPathsWouldNotFitIntoMemory) {
  const std::string key(1'000'000, 'k');

  const auto documents = ReadYaml("? " + key + "\n: [" + Repeat("1,", 1000) + "]\n");

  ASSERT_TRUE(documents.has_value());
  EXPECT_LT(documents->front().positions.size(), 20U);
  EXPECT_EQ(documents->front().Find(key + "[999]"), (Position{1, 3}));
}

}  // namespace
}  // namespace hone::proto
