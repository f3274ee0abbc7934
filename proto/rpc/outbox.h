// Outbox: a bound in bytes for the replies of a server that their callers have not read yet. A
// caller can leave any number of replies unread; each takes memory until it is read or its call
// ends. Any thread. What has a place in it must be gone before it is.
#pragma once

#include <cstddef>
#include <list>
#include <memory>

#include <grpcpp/server_context.h>

#include "proto/model/mutex.h"
#include "proto/model/result.h"

namespace hone::rpc {

/// Of large replies, and of small ones, on the wire; in memory they take some three times as much.
inline constexpr std::size_t kUnreadBytesMax = std::size_t{64} << 20;
/// From here on a reply is large.
inline constexpr std::size_t kLargeReplyBytes = std::size_t{64} << 10;

class Outbox {
 public:
  struct Waiting;

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
    Place(Outbox& box, std::size_t bytes, std::shared_ptr<Waiting> waiting);

    Outbox* box_;
    std::size_t bytes_;
    /// Null for a small reply.
    std::shared_ptr<Waiting> waiting_;
  };

  /// `call` must not end before its place is gone. kResourceExhausted if there is no room: then the
  /// calls whose large replies have waited longest are broken off, to make room for the next ones.
  /// A large reply is let in whatever its size if it is the only one.
  Result<Place> Enter(std::size_t bytes, grpc::ServerContextBase& call);

 private:
  void Leave(std::size_t bytes, const std::shared_ptr<Waiting>& waiting);
  void BreakOff(std::size_t bytes) HONE_REQUIRES(mutex_);

  Mutex mutex_;
  std::size_t small_bytes_ HONE_GUARDED_BY(mutex_) = 0;
  std::size_t large_bytes_ HONE_GUARDED_BY(mutex_) = 0;
  /// The large ones, in the order in which they came.
  std::list<std::shared_ptr<Waiting>> large_ HONE_GUARDED_BY(mutex_);
};

}  // namespace hone::rpc
