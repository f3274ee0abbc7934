#include "proto/rpc/outbox.h"

#include <chrono>
#include <utility>

#include <grpcpp/alarm.h>
#include <grpcpp/server_context.h>

namespace hone::rpc {
namespace {

/// A large reply that has not been read by then is not going to be.
constexpr auto kUnreadMax = std::chrono::minutes(5);

}  // namespace

/// A large reply. Its call is broken off by its alarm, on a thread of gRPC's that holds no lock of
/// ours: what ends with the call may end in the same breath.
struct Outbox::Waiting {
  std::size_t bytes = 0;
  /// Guarded by the box's mutex.
  bool is_broken_off = false;
  grpc::Alarm alarm;

  Mutex mutex;
  /// Null when it has ended.
  grpc::ServerContextBase* call HONE_GUARDED_BY(mutex) = nullptr;
};

Outbox::Place::Place(Outbox& box, std::size_t bytes, std::shared_ptr<Waiting> waiting)
    : box_(&box), bytes_(bytes), waiting_(std::move(waiting)) {}

Outbox::Place::Place(Place&& other) noexcept
    : box_(std::exchange(other.box_, nullptr)),
      bytes_(other.bytes_),
      waiting_(std::move(other.waiting_)) {}

Outbox::Place::~Place() {
  if (box_ != nullptr) {
    box_->Leave(bytes_, waiting_);
  }
}

Result<Outbox::Place> Outbox::Enter(std::size_t bytes, grpc::ServerContextBase& call) {
  const MutexLock lock(mutex_);
  const bool is_large = bytes >= kLargeReplyBytes;
  std::size_t& waits = is_large ? large_bytes_ : small_bytes_;
  if (waits > 0 && waits + bytes > kUnreadBytesMax) {
    if (is_large) {
      BreakOff(bytes);
    }
    return Fail(Code::kResourceExhausted,
                "sending the reply: " + std::to_string(waits >> 20) +
                    " MiB of replies wait for their callers to read them, at most " +
                    std::to_string(kUnreadBytesMax >> 20) + " may; call again");
  }
  waits += bytes;
  if (!is_large) {
    return Place(*this, bytes, nullptr);
  }
  auto waiting = std::make_shared<Waiting>();
  waiting->bytes = bytes;
  {
    const MutexLock its_lock(waiting->mutex);
    waiting->call = &call;
  }
  large_.push_back(waiting);
  // The alarm has the function, which has what has the alarm, until it has been called.
  waiting->alarm.Set(std::chrono::system_clock::now() + kUnreadMax,
                     [waiting](bool /*in_time*/) mutable {
                       {
                         const MutexLock its_lock(waiting->mutex);
                         if (waiting->call != nullptr) {
                           waiting->call->TryCancel();
                         }
                       }
                       waiting.reset();
                     });
  return Place(*this, bytes, std::move(waiting));
}

void Outbox::Leave(std::size_t bytes, const std::shared_ptr<Waiting>& waiting) {
  if (waiting != nullptr) {
    const MutexLock its_lock(waiting->mutex);
    waiting->call = nullptr;
  }
  const MutexLock lock(mutex_);
  if (waiting == nullptr) {
    small_bytes_ -= bytes;
    return;
  }
  large_bytes_ -= bytes;
  large_.remove(waiting);
  waiting->alarm.Cancel();
}

void Outbox::BreakOff(std::size_t bytes) {
  std::size_t freed = 0;
  for (const std::shared_ptr<Waiting>& waiting : large_) {
    if (freed >= bytes) {
      return;
    }
    freed += waiting->bytes;
    if (!std::exchange(waiting->is_broken_off, true)) {
      waiting->alarm.Cancel();
    }
  }
}

}  // namespace hone::rpc
