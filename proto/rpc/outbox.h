// Outbox: bounds the bytes of a server's replies that callers have not read yet. A caller can leave
// any number of replies unread; each takes memory until it is read or its call ends. Any thread.
// Every place must be destroyed before its outbox.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include <grpcpp/server_context.h>

#include "proto/core/mutex.h"
#include "proto/core/result.h"

namespace hone::rpc {

/// The bound for large replies, and the bound for small replies, as encoded; in memory replies take
/// about twice as much.
inline constexpr std::size_t kUnreadBytesMax = std::size_t{64} << 20;
/// The size from which a reply is large.
inline constexpr std::size_t kLargeReplyBytes = std::size_t{64} << 10;
/// The memory that each reply needs beside its bytes: gRPC's call.
inline constexpr std::size_t kUnreadCallBytes = std::size_t{8} << 10;

class Outbox {
 public:
  struct Timer;

  /// The room reserved for one reply; destroying the place releases it.
  class Place {
   public:
    Place(Place&& other) noexcept;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place& operator=(Place&&) = delete;
    ~Place();

   private:
    friend class Outbox;
    Place(Outbox& box, std::size_t bytes, bool is_large, std::shared_ptr<Timer> timer);

    Outbox* box_;
    std::size_t bytes_;
    bool is_large_;
    /// Null if there is no deadline for reading the reply.
    std::shared_ptr<Timer> timer_;
  };

  /// Reserves room for a reply; `call` must not end before its place is destroyed. Error:
  /// kResourceExhausted if there is no room. A large reply of any size is accepted if it is the
  /// only one. If a reply is not read by its deadline, its call is cancelled: for large replies
  /// after one minute plus one second for each MiB; for small ones only if more than half of their
  /// room is in use.
  Result<Place> Enter(std::size_t bytes, grpc::ServerContextBase& call);

  /// From now on no call starts: calls that wait for a thread are refused.
  void Close() { is_closed_ = true; }
  [[nodiscard]] bool IsClosed() const { return is_closed_; }

 private:
  void Leave(std::size_t bytes, bool is_large);

  std::atomic<bool> is_closed_ = false;
  Mutex mutex_;
  std::size_t small_bytes_ HONE_GUARDED_BY(mutex_) = 0;
  std::size_t large_bytes_ HONE_GUARDED_BY(mutex_) = 0;
};

}  // namespace hone::rpc
