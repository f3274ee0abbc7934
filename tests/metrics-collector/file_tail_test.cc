#include "metrics-collector/source/file_tail.h"

#include <array>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/temporary_folder.h"

namespace hone::metrics {
namespace {

class FileTailTest : public testing::Test {
 protected:
  void Append(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }
  void Replace(const std::string& text) { std::ofstream(path_, std::ios::trunc) << text; }
  /// All new bytes, with "|" where another file begins.
  static std::string ReadAll(FileTail& tail, std::size_t bytes = 4) {
    std::string text;
    std::string buffer(bytes, '\0');
    while (true) {
      const auto chunk = tail.Read(buffer);
      EXPECT_TRUE(chunk.has_value()) << chunk.error().message;
      if (!chunk || chunk->size == 0) {
        return text;
      }
      text += chunk->is_fresh_start ? "|" : "";
      text.append(buffer.data(), chunk->size);
    }
  }

  /// Fills the file and reads it once.
  void Begin(FileTail& tail, const std::string& text) {
    Append(text);
    EXPECT_EQ(ReadAll(tail), text);
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "metrics.log";
};

TEST_F(FileTailTest, FollowsAFileThatGrows) {
  FileTail tail(path_);

  Append("one\ntw");
  EXPECT_EQ(ReadAll(tail), "one\ntw");
  EXPECT_EQ(ReadAll(tail), "");
  Append("o\n");
  EXPECT_EQ(ReadAll(tail), "o\n");
}

TEST_F(FileTailTest, WaitsForAFileAndItsFolder) {
  path_ = folder_ / "later" / "metrics.log";
  FileTail tail(path_);

  EXPECT_EQ(ReadAll(tail), "");
  std::filesystem::create_directory(folder_ / "later");
  EXPECT_EQ(ReadAll(tail), "");
  Append("here\n");

  EXPECT_EQ(ReadAll(tail), "here\n");
}

TEST_F(FileTailTest, BeginsAgainWhenTheFileIsWrittenAnewWithAnyLength) {
  FileTail tail(path_);
  Begin(tail, "loss=0.5\n");

  for (const std::string text : {"loss=0.4\n", "loss=0.333\nacc=1\n", "new\n"}) {
    Replace(text);
    EXPECT_EQ(ReadAll(tail), "|" + text);
    EXPECT_EQ(ReadAll(tail), "");
  }
  Append("acc=2\n");
  EXPECT_EQ(ReadAll(tail), "acc=2\n");
}

TEST_F(FileTailTest, BeginsAgainWhenTheFileIsOverwrittenInPlace) {
  FileTail tail(path_);
  Begin(tail, "loss=0.5\n");

  std::fstream(path_, std::ios::in | std::ios::out) << "loss=0.4\nloss=0.3\n";

  EXPECT_EQ(ReadAll(tail), "|loss=0.4\nloss=0.3\n");
}

TEST_F(FileTailTest, GoesOnWhenTheFileIsWrittenAnewWithTheSameBeginning) {
  FileTail tail(path_);
  Begin(tail, "1,0.5\n");

  Replace("1,0.5\n2,0.4\n");

  EXPECT_EQ(ReadAll(tail), "2,0.4\n");
}

TEST_F(FileTailTest, TellsALongFileThatGrowsFromOneThatIsWrittenAnew) {
  FileTail tail(path_);
  const std::string text(100'000, 'a');
  Append(text);
  EXPECT_EQ(ReadAll(tail, 4096), text);

  Append("b");
  EXPECT_EQ(ReadAll(tail, 4096), "b");
  Replace(std::string(100'000, 'c') + "d");
  EXPECT_EQ(ReadAll(tail, 4096), "|" + std::string(100'000, 'c') + "d");
}

TEST_F(FileTailTest, ReadsARotatedFileToItsEndBeforeTheNext) {
  FileTail tail(path_);
  Begin(tail, "a");

  Append("b");
  std::filesystem::rename(path_, folder_ / "metrics.log.1");
  Append("longer than before");

  EXPECT_EQ(ReadAll(tail), "b|longer than before");
}

TEST_F(FileTailTest, ARotatedFileMayBeMissingForAWhile) {
  FileTail tail(path_);
  Begin(tail, "a");

  std::filesystem::remove(path_);
  EXPECT_EQ(ReadAll(tail), "");
  Append("b");

  EXPECT_EQ(ReadAll(tail), "|b");
}

TEST_F(FileTailTest, AnEmptySuccessorIsAFreshStartWhenItIsWritten) {
  FileTail tail(path_);
  Append("a");
  EXPECT_EQ(ReadAll(tail), "a");
  std::filesystem::remove(path_);
  Begin(tail, "");

  Append("b");

  EXPECT_EQ(ReadAll(tail), "|b");
}

TEST_F(FileTailTest, PassesAnyBytes) {
  FileTail tail(path_);
  const std::string bytes("\0\377\n\r\0", 5);

  Append(bytes);

  EXPECT_EQ(ReadAll(tail), bytes);
}

TEST_F(FileTailTest, RefusesWhatIsNotAFileAndRecovers) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  FileTail tail(path_);
  std::array<char, 4> buffer{};

  const auto refused = tail.Read(buffer);
  std::filesystem::remove(path_);
  Append("x");

  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("not a regular file"), std::string::npos);
  EXPECT_EQ(ReadAll(tail), "x");
}

}  // namespace
}  // namespace hone::metrics
