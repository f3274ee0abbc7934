// StallWatch: ends connections whose peers take nothing. The system does that for TCP
// (TCP_USER_TIMEOUT); for sockets of the file system this class does. A connection stalls while it
// cannot be written to and the bytes that its peer has not read stay as many as they were: the
// system lets a writer go on only when three quarters of them have been read, so a peer that reads
// changes their number between two looks. (Edges of epoll would not tell: epoll drops one if the
// connection is full again by the time it is asked.) Owned and used by one listener's thread.
#pragma once

#include <cstdint>
#include <unordered_map>

namespace hone::rpc {

/// No two sockets have the same; 0 for what is none.
std::uint64_t CookieOf(int socket);

class StallWatch {
 public:
  /// From one look to the next.
  static constexpr int kPeriodMs = 1'000;
  /// So many looks in a row at which nothing has changed since the one before end a connection.
  static constexpr int kStalledLooksMax = 20;

  /// `connection` belongs to another, who may close it at any time.
  void Add(int connection);
  /// Shuts down what has stalled for long enough, and forgets what has been closed.
  void Look();
  [[nodiscard]] bool IsEmpty() const { return connections_.empty(); }

 private:
  struct Connection {
    std::uint64_t cookie = 0;
    /// What the peer had not read at the last look.
    int unread_bytes = 0;
    int stalled_looks = 0;
  };

  /// By descriptor. What has another cookie now, or none, is another socket, or closed.
  std::unordered_map<int, Connection> connections_;
};

}  // namespace hone::rpc
