// Maximum sizes: a file has at most 400 lines, a function 60, a test 40. ratchet.txt lists what is
// larger, with its size. The list may only shrink: an entry that grows fails, and one that shrinks
// must be updated.
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "tests/tidy/source_tree.h"

namespace hone::tidy {
namespace {

constexpr std::size_t kFileLinesMax = 400;
constexpr std::size_t kFunctionLinesMax = 60;
constexpr std::size_t kTestLinesMax = 40;

/// "path" or "path: function head" -> lines.
using Sizes = std::map<std::string, std::size_t>;

Sizes ReadRatchet() {
  Sizes sizes;
  std::ifstream file(RepositoryRoot() / "tests/tidy/ratchet.txt");
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') {
      const std::size_t blank = line.find(' ');
      sizes[line.substr(blank + 1)] = std::stoul(line.substr(0, blank));
    }
  }
  return sizes;
}

Sizes MeasureTooLarge() {
  Sizes sizes;
  for (const Source& source : Sources()) {
    if (source.LineCount() > kFileLinesMax) {
      sizes[source.path] = source.LineCount();
    }
    for (const Function& function : FunctionsOf(source)) {
      if (function.lines > (function.IsTest() ? kTestLinesMax : kFunctionLinesMax)) {
        sizes[source.path + ": " + function.head] = function.lines;
      }
    }
  }
  return sizes;
}

TEST(Sizes, AreWithinTheBoundsOrTheRatchet) {
  const Sizes allowed = ReadRatchet();

  for (const auto& [name, lines] : MeasureTooLarge()) {
    const auto entry = allowed.find(name);
    if (entry == allowed.end()) {
      ADD_FAILURE() << name << " has " << lines << " lines: make it smaller";
      continue;
    }
    EXPECT_EQ(lines, entry->second)
        << name << " has " << lines << " lines and ratchet.txt says " << entry->second
        << (lines > entry->second ? ": it may only shrink" : ": write the smaller number there");
  }
}

TEST(Sizes, LeaveNothingInTheRatchetThatHasBecomeSmall) {
  const Sizes large = MeasureTooLarge();

  for (const auto& [name, lines] : ReadRatchet()) {
    EXPECT_TRUE(large.contains(name)) << name << ": take it out of ratchet.txt";
  }
}

}  // namespace
}  // namespace hone::tidy
