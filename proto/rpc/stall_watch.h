// StallWatch: ends connections whose peers take nothing. The system does that for TCP
// (TCP_USER_TIMEOUT); for sockets of the file system this class does. A connection counts as
// stalled while it cannot be written to and no edge of epoll says that it could in between: so a
// peer that reads slowly, but reads, keeps its connection. Owned and used by one listener's thread.
#pragma once

#include <cstdint>
#include <unordered_map>

namespace hone::rpc {

/// No two sockets have the same; 0 for what is none.
std::uint64_t CookieOf(int socket);

class StallWatch {
 public:
  /// From one look to the next.
  static constexpr int kPeriodMs = 5'000;

  StallWatch();
  StallWatch(const StallWatch&) = delete;
  StallWatch& operator=(const StallWatch&) = delete;
  ~StallWatch();

  /// `connection` belongs to another, who may close it at any time. Without a word it is not
  /// watched if the system has no room.
  void Add(int connection);
  /// Shuts down each connection that was stalled at five looks in a row.
  void Look();

 private:
  struct Connection {
    std::uint64_t cookie = 0;
    /// At some time since the last look.
    bool was_writable = false;
    int stalled_looks = 0;
  };

  void TakeEdges();

  int epoll_;
  /// By descriptor. What has another cookie now, or none, is another socket, or closed.
  std::unordered_map<int, Connection> connections_;
};

}  // namespace hone::rpc
