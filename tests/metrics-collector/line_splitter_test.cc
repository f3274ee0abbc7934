#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics-collector/parse/line_parser.h"

namespace hone::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> Split(const std::vector<std::string>& chunks, std::size_t limit = 65536) {
  LineSplitter splitter(limit);
  std::vector<std::string> lines;
  const auto sink = [&lines](std::string_view line) {
    lines.emplace_back(line);
  };
  for (const std::string& chunk : chunks) {
    splitter.Feed(chunk, sink);
  }
  splitter.Flush(sink);
  return lines;
}

TEST(LineSplitter, EndsLinesAtEveryKindOfBreak) {
  EXPECT_THAT(Split({"a\nb\r\nc\rd\n\n\ne"}), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(Split({"\n\r\n"}), IsEmpty());
  EXPECT_THAT(Split({}), IsEmpty());
}

TEST(LineSplitter, JoinsALineThatArrivesInPieces) {
  EXPECT_THAT(Split({"lo", "ss=", "1\r", "\nacc", "=2", "\n"}), ElementsAre("loss=1", "acc=2"));
}

TEST(LineSplitter, GivesTheLastLineWithoutABreakOnce) {
  EXPECT_THAT(Split({"a\nlast"}), ElementsAre("a", "last"));
}

TEST(LineSplitter, CutsLongLinesAtTheEndOfAWord) {
  EXPECT_THAT(Split({"loss=1 acc=0.12345\nnext\n"}, 14), ElementsAre("loss=1 ", "next"));
  EXPECT_THAT(Split({"loss=1 ", "acc=0.12", "345", "\nnext\n"}, 14),
              ElementsAre("loss=1 ", "next"));
  EXPECT_THAT(Split({"exactly_14_byt\n"}, 14), ElementsAre("exactly_14_byt"));
  EXPECT_THAT(Split({"oneverylongword\nx"}, 14), ElementsAre("x"));
}

TEST(LineSplitter, KeepsNoMoreThanItsLimit) {
  LineSplitter splitter(100);
  std::vector<std::size_t> lengths;
  const auto sink = [&lengths](std::string_view line) {
    lengths.push_back(line.size());
  };
  const std::string chunk(4096, ' ');

  for (int i = 0; i < 1000; ++i) {
    splitter.Feed(chunk, sink);
  }
  splitter.Flush(sink);

  EXPECT_THAT(lengths, ElementsAre(100));
}

TEST(LineSplitter, LeavesOutEscapeSequences) {
  EXPECT_THAT(Split({"\x1b[32maccuracy=0.93\x1b[0m\n"}), ElementsAre("accuracy=0.93"));
  EXPECT_THAT(Split({"\x1b[3maccuracy\x1b[0m\x1b[2m=\x1b[", "0m0.93"}),
              ElementsAre("accuracy=0.93"));
  EXPECT_THAT(Split({"\x1b[01;31m\x1b[Kloss\x1b[m\x1b[K=1"}), ElementsAre("loss=1"));
  EXPECT_THAT(Split({"a\x1b[38;2;1;2;3mb\x1b(Bc\x1b]0;title\ad\x1b]8;;u\x1b\\e\x1b=f"}),
              ElementsAre("abcdef"));
  EXPECT_THAT(Split({"\x1b[2Ka=1\x1b[5Cb=2\x1b[1A\n"}), ElementsAre("a=1\tb=2\t"));
  EXPECT_THAT(Split({"\x1b[0m\n\x1b", "\n\x1b[\na\x1b]b\n"}), ElementsAre("ab"));
}

TEST(LineSplitter, EndsALineWhereBackspacesWriteOverIt) {
  EXPECT_THAT(Split({"loss=1\b\b\b\b\b\b\rloss=2\n"}), ElementsAre("loss=1", "loss=2"));
}

TEST(LineSplitter, KeepsBytesThatAreNotText) {
  EXPECT_THAT(Split({std::string("\0\xff\n\x80", 4)}),
              ElementsAre(std::string("\0\xff", 2), "\x80"));
  EXPECT_THAT(Split({std::string(1000, '\0')}), SizeIs(1));
}

}  // namespace
}  // namespace hone::metrics
