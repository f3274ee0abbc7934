// LineHold: passes on one stream of a trial's output in whole lines, so that two streams can share
// a log without tearing each other's lines. \n and lone \r (progress bars) end a line. One owner,
// one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hone::controller {

class LineHold {
 public:
  /// A line longer than this is passed on in pieces.
  static constexpr std::size_t kHeldMax = std::size_t{64} * 1024;

  /// Calls `sink(bytes)` with the lines that `bytes` completes, and keeps the rest.
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

  /// At the end of the stream: passes on the incomplete last line.
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
