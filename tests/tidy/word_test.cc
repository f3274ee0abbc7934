// Names and words: forbidden words, and words that are restricted to some folders.
#include <algorithm>
#include <iterator>

#include <gtest/gtest.h>

#include "tests/tidy/source_tree.h"

namespace hone::tidy {
namespace {

/// Words that say nothing about the thing they name.
constexpr std::string_view kBannedInNames[] = {"manager",
                                               "managers",
                                               "helper",
                                               "helpers",
                                               "util",
                                               "utils",
                                               "handler",
                                               "handlers",
                                               "base",
                                               "info",
                                               "data",
                                               "common",
                                               "misc",
                                               "impl"};

/// Platform-specific words: only these folders may use them.
constexpr const char* kKnowKubernetes[] = {"controller/kubernetes",
                                           "controller/main",
                                           "controller/api",
                                           "tests"};

/// Slow to compile, not supported by our compilers, or another way of error handling.
constexpr std::pair<const char*, const char*> kBannedInCode[] = {
    {"std::regex", "use RE2 in metrics-collector/parse, or read by hand"},
    {"std::views", "clang 14 cannot read them"},
    {"std::format", "gcc 12 does not have it; use fmt"},
    {"throw", "errors are values: return a Result"},
    {"using namespace", "name what is used"},
};

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return Lower(c); });
  return text;
}

/// "ProcessRunner", "process_runner" and "process-runner" are "process" and "runner".
std::vector<std::string> PartsOf(const std::string& name) {
  std::vector<std::string> parts(1);
  for (const char c : name) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if ((is_upper || c == '_' || c == '-' || c == '.') && !parts.back().empty()) {
      parts.emplace_back();
    }
    if (c != '_' && c != '-' && c != '.') {
      parts.back().push_back(Lower(c));
    }
  }
  return parts;
}

void ExpectGoodName(const std::string& name, const std::string& path) {
  for (const std::string& part : PartsOf(name)) {
    EXPECT_EQ(std::count(std::begin(kBannedInNames), std::end(kBannedInNames), part), 0)
        << path << ": " << name << " has the word '" << part << "': say what it is instead";
  }
}

TEST(Names, OfFilesSayWhatIsInThem) {
  for (const Source& source : Sources()) {
    const std::string name = std::filesystem::path(source.path).stem().string();

    ExpectGoodName(name, source.path);
    EXPECT_EQ(name, Lower(name)) << source.path << ": must be snake_case";
  }
}

TEST(Names, OfTypesSayWhatTheyAre) {
  for (const Source& source : Sources()) {
    for (const std::string& type : TypesOf(source)) {
      ExpectGoodName(type, source.path);
    }
  }
}

TEST(Words, OfAPlatformStayOnThatPlatform) {
  constexpr const char* kWord = "kubernetes";
  for (const Source& source : Sources()) {
    if (std::any_of(std::begin(kKnowKubernetes), std::end(kKnowKubernetes), [&](const char* room) {
          return source.IsUnder(room);
        })) {
      continue;
    }
    // Comments may refer to Kubernetes' rules, and labels are part of the manifest's format.
    for (const std::string& text : {Lower(source.code), Lower(source.literals)}) {
      for (std::size_t at = text.find(kWord); at != std::string::npos;
           at = text.find(kWord, at + 1)) {
        EXPECT_TRUE(text.substr(at).starts_with("kubernetes.io/"))
            << source.path << ":" << source.LineOf(at)
            << ": this room must not know which platform it is on";
      }
    }
  }
}

TEST(Words, OfTheLanguageThatWeDoNotUse) {
  for (const Source& source : Sources()) {
    for (const auto& [word, instead] : kBannedInCode) {
      for (const std::size_t at : FindWord(source.code, word)) {
        ADD_FAILURE() << source.path << ":" << source.LineOf(at) << ": " << word << ": " << instead;
      }
    }
  }
}

TEST(Words, ThatPromiseLaterWorkNameItsIssue) {
  for (const Source& source : Sources()) {
    for (const char* word : {"TODO", "FIXME", "XXX", "HACK"}) {
      for (const std::size_t at : FindWord(source.comments, word)) {
        EXPECT_TRUE(source.comments.substr(at).starts_with("TODO(#"))
            << source.path << ":" << source.LineOf(at) << ": write \"TODO(#issue): ...\"";
      }
    }
  }
}

TEST(Words, DoNotNameTheFolderOfThisClone) {
  const std::string folder = RepositoryRoot().string() + "/";

  for (const Source& source : Sources()) {
    EXPECT_EQ(source.text.find(folder), std::string::npos) << source.path;
  }
  for (const std::string& path : Documents()) {
    EXPECT_EQ(ReadText(RepositoryRoot() / path).find(folder), std::string::npos) << path;
  }
}

}  // namespace
}  // namespace hone::tidy
