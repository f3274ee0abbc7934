#include "controller/local/event_loop.h"

#include <array>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

namespace hone::controller {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

struct Pipe {
  Pipe() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  Pipe(Pipe&&) = delete;
  Pipe& operator=(Pipe&&) = delete;
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  void Fill() const { EXPECT_EQ(::write(ends[1], "x", 1), 1); }
  [[nodiscard]] int read_end() const { return ends[0]; }

  std::array<int, 2> ends{};
};

class Loop : public testing::Test {
 protected:
  std::unique_ptr<EventLoop> loop_ = std::move(*EventLoop::Make());
};

TEST_F(Loop, CallsBackAsLongAsADescriptorIsReadable) {
  Pipe pipe;
  int calls = 0;
  ASSERT_TRUE(loop_->Add(pipe.read_end(), [&] { ++calls; }).has_value());

  loop_->Wait(Duration{0});
  pipe.Fill();
  loop_->Wait(std::nullopt);
  loop_->Wait(std::nullopt);
  loop_->Remove(pipe.read_end());
  loop_->Wait(Duration{0});

  EXPECT_EQ(calls, 2);
}

TEST_F(Loop, ACallbackMayRemoveItselfAndOthers) {
  Pipe first;
  Pipe second;
  int calls = 0;
  const auto remove_both = [&] {
    ++calls;
    loop_->Remove(first.read_end());
    loop_->Remove(second.read_end());
  };
  ASSERT_TRUE(loop_->Add(first.read_end(), remove_both).has_value());
  ASSERT_TRUE(loop_->Add(second.read_end(), remove_both).has_value());
  first.Fill();
  second.Fill();

  loop_->Wait(std::nullopt);
  loop_->Wait(Duration{0});

  EXPECT_EQ(calls, 1);
}

TEST_F(Loop, AnEventOfAClosedDescriptorIsNotGivenToItsSuccessor) {
  Pipe pipes[2];
  int old_calls = 0;
  int new_calls = 0;
  const auto replace_other = [&](int own, int other) {
    ++old_calls;
    loop_->Remove(own);
    loop_->Remove(other);
    // The new pipe gets the same descriptor number, and has nothing to read.
    Pipe fresh;
    EXPECT_EQ(::dup3(fresh.read_end(), other, O_CLOEXEC), other);
    ASSERT_TRUE(loop_->Add(other, [&] { ++new_calls; }).has_value());
    loop_->Remove(other);
    ASSERT_TRUE(loop_->Add(other, [&] { ++new_calls; }).has_value());
    loop_->Remove(other);
  };
  const int a = pipes[0].read_end();
  const int b = pipes[1].read_end();
  ASSERT_TRUE(loop_->Add(a, [&, a, b] { replace_other(a, b); }).has_value());
  ASSERT_TRUE(loop_->Add(b, [&, a, b] { replace_other(b, a); }).has_value());
  pipes[0].Fill();
  pipes[1].Fill();

  loop_->Wait(std::nullopt);

  EXPECT_EQ(old_calls, 1);
  EXPECT_EQ(new_calls, 0);
}

TEST_F(Loop, TimersRunInTheOrderOfTheirTime) {
  std::vector<int> order;
  loop_->StartTimer(milliseconds(2), [&] { order.push_back(2); });
  loop_->StartTimer(milliseconds(1), [&] { order.push_back(1); });
  loop_->StartTimer(hours(1), [&] { order.push_back(3); });

  while (order.size() < 2) {
    loop_->Wait(std::nullopt);
  }

  EXPECT_THAT(order, testing::ElementsAre(1, 2));
}

TEST_F(Loop, ACancelledTimerIsSilent) {
  int calls = 0;
  std::uint64_t second = 0;
  loop_->StartTimer(Duration{0}, [&] {
    ++calls;
    loop_->CancelTimer(second);
  });
  second = loop_->StartTimer(Duration{0}, [&] { ++calls; });

  loop_->Wait(Duration{0});
  loop_->Wait(Duration{0});
  loop_->CancelTimer(second);

  EXPECT_EQ(calls, 1);
}

TEST_F(Loop, ATimerThatStartsItselfAgainLeavesTheTurn) {
  int calls = 0;
  std::function<void()> again = [&] {
    ++calls;
    loop_->StartTimer(Duration{0}, again);
  };
  loop_->StartTimer(Duration{0}, again);

  loop_->Wait(std::nullopt);
  EXPECT_EQ(calls, 1);
  loop_->Wait(std::nullopt);
  EXPECT_EQ(calls, 2);
}

TEST_F(Loop, AClosedDescriptorCannotBeAwaited) {
  EXPECT_FALSE(loop_->Add(-1, [] {}).has_value());
}

}  // namespace
}  // namespace hone::controller
