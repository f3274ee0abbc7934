// The form of files: headers explain themselves, tests assert something.
#include <gtest/gtest.h>

#include "tests/tidy/source_tree.h"

namespace hone::tidy {
namespace {

TEST(Headers, BeginWithAParagraphThatSaysWhatTheyAre) {
  for (const Source& source : Sources()) {
    if (!source.IsHeader()) {
      continue;
    }
    const std::string paragraph = source.text.substr(0, source.text.find("\n#"));

    EXPECT_TRUE(paragraph.starts_with("// ")) << source.path;
    EXPECT_GE(WordsOf(paragraph).size(), 8U) << source.path << ": say who owns it, which threads";
    EXPECT_TRUE(source.text.find("\n#pragma once\n") != std::string::npos) << source.path;
  }
}

bool Asserts(const std::string& body) {
  for (const char* word :
       {"EXPECT_", "ASSERT_", "ADD_FAILURE", "FAIL()", "Expect", "Check", "Compare"}) {
    if (body.find(word) != std::string::npos) {
      return true;
    }
  }
  return false;
}

TEST(Tests, AssertSomething) {
  std::size_t tests = 0;
  for (const Source& source : Sources()) {
    for (const Function& function : FunctionsOf(source)) {
      if (function.IsTest()) {
        ++tests;
        EXPECT_TRUE(Asserts(function.body))
            << source.path << ":" << function.line << ": " << function.head;
      }
    }
  }

  EXPECT_GT(tests, 20U);
}

TEST(Tests, AreNotSwitchedOff) {
  for (const Source& source : Sources()) {
    for (const Function& function : FunctionsOf(source)) {
      EXPECT_EQ(function.IsTest() ? function.head.find("DISABLED_") : std::string::npos,
                std::string::npos)
          << source.path << ":" << function.line << ": " << function.head;
    }
  }
}

}  // namespace
}  // namespace hone::tidy
