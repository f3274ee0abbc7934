// Outbox: a bound in bytes for the replies of a server that their callers have not read yet. A
// caller can leave any number of replies unread; each takes memory until it is read or its call
// ends. Any thread. What has a place in it must be gone before it is.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include <grpcpp/server_context.h>

#include "proto/core/mutex.h"
#include "proto/core/result.h"

namespace hone::rpc {

/// Of large replies, and of small ones, on the wire; in memory they take some twice as much.
inline constexpr std::size_t kUnreadBytesMax = std::size_t{64} << 20;
/// From here on a reply is large.
inline constexpr std::size_t kLargeReplyBytes = std::size_t{64} << 10;
/// What each reply takes beside its bytes: gRPC's call.
inline constexpr std::size_t kUnreadCallBytes = std::size_t{8} << 10;

class Outbox {
 public:
  struct Timer;

  /// The room of one reply, until it is destroyed.
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
    /// Null if the reply may wait for ever.
    std::shared_ptr<Timer> timer_;
  };

  /// `call` must not end before its place is gone. kResourceExhausted if there is no room. A large
  /// reply is let in whatever its size if it is the only one. A call whose reply has not been read
  /// in its time is cancelled: large replies have a minute and a second a MiB, small ones too from
  /// when half of their room is used up.
  Result<Place> Enter(std::size_t bytes, grpc::ServerContextBase& call);

  /// From now on no call is begun: those that still wait for their turn are refused.
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
