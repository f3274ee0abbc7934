#include <gtest/gtest.h>

#include "tests/tidy/source_tree.h"

namespace hone::tidy {
namespace {

TEST(ParseSource, TellsCodeFromCommentsAndLiterals) {
  const Source source = ParseSource("a.cc",
                                    "int a = 1'000;  // not \"code\"\n"
                                    "const char* b = \"/* no comment */\";\n"
                                    "auto c = R\"(raw \" { )\"; /* d */ char e = '\"';\n");

  EXPECT_EQ(FindWord(source.code, "code").size(), 0U);
  EXPECT_EQ(FindWord(source.comments, "code").size(), 1U);
  EXPECT_EQ(FindWord(source.literals, "comment").size(), 1U);
  EXPECT_EQ(FindWord(source.literals, "raw").size(), 1U);
  EXPECT_EQ(FindWord(source.comments, "d").size(), 1U);
  EXPECT_EQ(FindWord(source.code, "e").size(), 1U);
  EXPECT_EQ(source.LineOf(source.comments.find("/* d")), 3U);
}

TEST(ParseSource, FindsFunctionsAtNamespaceAndClassLevel) {
  const Source source = ParseSource("a.cc",
                                    "namespace hone {\n"
                                    "class A : public B {\n"
                                    " public:\n"
                                    "  A() : a_{1}, b_(2) {\n"
                                    "    if (a_) {\n"
                                    "    }\n"
                                    "  }\n"
                                    "  int a() const { return a_; }\n"
                                    "  int a_{0};\n"
                                    "};\n"
                                    "constexpr int kTable[] = {1, 2};\n"
                                    "TEST(A, IsGood) {\n"
                                    "  EXPECT_TRUE(true);\n"
                                    "}\n"
                                    "}\n");

  const std::vector<Function> functions = FunctionsOf(source);

  ASSERT_EQ(functions.size(), 3U);
  EXPECT_EQ(functions[0].lines, 5U);
  EXPECT_EQ(functions[1].head, "int a() const");
  EXPECT_EQ(functions[1].line, 8U);
  EXPECT_TRUE(functions[2].IsTest());
  EXPECT_EQ(functions[2].lines, 3U);
}

}  // namespace
}  // namespace hone::tidy
