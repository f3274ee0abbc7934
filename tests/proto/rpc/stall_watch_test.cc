#include "proto/rpc/stall_watch.h"

#include <array>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace hone::rpc {
namespace {

/// A connection over a socket in the file system, and the peer at its other end.
class Pair {
 public:
  Pair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()), 0); }
  ~Pair() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  [[nodiscard]] int connection() const { return ends_[0]; }
  void Fill() {
    while (::send(ends_[0], block_.data(), block_.size(), MSG_NOSIGNAL) > 0) {
    }
  }
  void ReadSome() { ASSERT_GT(::recv(ends_[1], block_.data(), block_.size(), 0), 0); }
  [[nodiscard]] bool HasEnded() const {
    pollfd asked{ends_[1], 0, 0};
    return ::poll(&asked, 1, 0) == 1 && (asked.revents & POLLHUP) != 0;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
  std::array<char, 4096> block_{};
};

void Look(StallWatch& watch, int times) {
  for (int i = 0; i < times; ++i) {
    watch.Look();
  }
}

TEST(StallWatch, EndsAConnectionThatReadsNothingForTwentyLooks) {
  Pair pair;
  StallWatch watch;
  watch.Add(pair.connection());
  watch.Look();
  pair.Fill();

  Look(watch, StallWatch::kStalledLooksMax);  // the first still sees more unread bytes
  EXPECT_FALSE(pair.HasEnded());

  watch.Look();
  EXPECT_TRUE(pair.HasEnded());
}

TEST(StallWatch, KeepsAPeerThatReadsThoughItNeverCanBeWrittenTo) {
  Pair pair;
  StallWatch watch;
  watch.Add(pair.connection());
  pair.Fill();
  for (int i = 0; i < 100; ++i) {
    Look(watch, StallWatch::kStalledLooksMax);
    pair.ReadSome();
    watch.Look();
    ASSERT_FALSE(pair.HasEnded());
    pair.Fill();
  }
}

TEST(StallWatch, KeepsAConnectionWithNothingUnread) {
  Pair pair;
  StallWatch watch;
  watch.Add(pair.connection());

  Look(watch, 2 * StallWatch::kStalledLooksMax);

  EXPECT_FALSE(pair.HasEnded());
}

TEST(StallWatch, LeavesAnotherSocketAloneThatHasTheNumberNow) {
  StallWatch watch;
  int closed = -1;
  {
    Pair pair;
    closed = pair.connection();
    watch.Add(closed);
  }
  Pair another;
  ASSERT_EQ(another.connection(), closed);
  another.Fill();

  Look(watch, 2 * StallWatch::kStalledLooksMax);

  EXPECT_FALSE(another.HasEnded());
}

}  // namespace
}  // namespace hone::rpc
