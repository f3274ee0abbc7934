// StallWatch: closes connections whose peers read nothing. For TCP the system does this
// (TCP_USER_TIMEOUT); for Unix sockets this class does. A connection is stalled while it cannot be
// written to and the number of bytes that its peer has not read stays the same: the system lets a
// writer continue only when three quarters of them have been read, but a peer that reads at all
// changes the number between two checks. (Edge-triggered epoll would not show this: it drops an
// edge if the connection is full again by the time of the call.) Owned and used by one listener's
// thread.
#pragma once

#include <cstdint>
#include <unordered_map>

namespace hone::rpc {

/// The kernel's unique number of a socket; 0 if the descriptor is not a socket.
std::uint64_t CookieOf(int socket);

class StallWatch {
 public:
  /// The time between two checks.
  static constexpr int kPeriodMs = 1'000;
  /// A connection is closed after this many checks in a row without progress.
  static constexpr int kStalledLooksMax = 20;

  /// Watches `connection`, whose owner may close it at any time.
  void Add(int connection);
  /// Shuts down connections that have stalled for long enough, and forgets closed ones.
  void Look();
  [[nodiscard]] bool IsEmpty() const { return connections_.empty(); }

 private:
  struct Connection {
    std::uint64_t cookie = 0;
    /// The bytes that the peer had not read at the last check.
    int unread_bytes = 0;
    int stalled_looks = 0;
  };

  /// By descriptor. If the cookie has changed, the connection was closed and its descriptor may
  /// have been reused.
  std::unordered_map<int, Connection> connections_;
};

}  // namespace hone::rpc
