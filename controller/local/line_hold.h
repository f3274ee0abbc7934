// LineHold: one stream of a trial's output, handed on in whole lines, so that two streams can share
// a log without tearing each other's lines. \n and lone \r (progress bars) end a line. One owner,
// one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hone::controller {

class LineHold {
 public:
  /// Of a line that is longer, pieces are handed on as they come.
  static constexpr std::size_t kHeldMax = std::size_t{64} * 1024;

  /// Calls `sink(bytes)` with the lines that `bytes` completes; what follows them is held.
  template <typename Sink>
  void Feed(std::string_view bytes, Sink&& sink) {
    const std::size_t end = bytes.find_last_of("\n\r") + 1;  // 0 if there is none
    if (end > 0) {
      if (held_.empty()) {
        sink(bytes.substr(0, end));
      } else {
        held_.append(bytes.substr(0, end));
        Flush(sink);
      }
    }
    held_.append(bytes.substr(end));
    if (held_.size() > kHeldMax) {
      Flush(sink);
    }
  }

  /// The end: what is held is all that comes.
  template <typename Sink>
  void Flush(Sink&& sink) {
    if (!held_.empty()) {
      sink(std::string_view(held_));
      held_.clear();
    }
  }

 private:
  std::string held_;
};

}  // namespace hone::controller
