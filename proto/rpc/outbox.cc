#include "proto/rpc/outbox.h"

#include <chrono>
#include <string>
#include <utility>

#include <grpcpp/alarm.h>

namespace hone::rpc {
namespace {

/// The time for reading a reply, besides the time for its size.
constexpr auto kUnreadMax = std::chrono::minutes(1);

std::chrono::system_clock::time_point EndOf(std::size_t bytes) {
  return std::chrono::system_clock::now() + kUnreadMax + std::chrono::seconds(bytes >> 20);
}

}  // namespace

/// Cancels a call, on a thread of gRPC that holds none of Hone's locks, since cancelling may
/// destroy the call and its objects at once.
struct Outbox::Timer {
  static std::shared_ptr<Timer> Start(grpc::ServerContextBase& call, std::size_t bytes);
  void Stop();

  grpc::Alarm alarm;
  Mutex mutex;
  /// Null when the call has ended.
  grpc::ServerContextBase* call HONE_GUARDED_BY(mutex) = nullptr;
};

std::shared_ptr<Outbox::Timer> Outbox::Timer::Start(grpc::ServerContextBase& call,
                                                    std::size_t bytes) {
  auto timer = std::make_shared<Timer>();
  {
    const MutexLock lock(timer->mutex);
    timer->call = &call;
  }
  // The alarm owns the function, and the function owns the timer with the alarm; the function
  // breaks this cycle when it is called.
  timer->alarm.Set(EndOf(bytes), [timer](bool /*in_time*/) mutable {
    {
      const MutexLock lock(timer->mutex);
      if (timer->call != nullptr) {
        timer->call->TryCancel();
      }
    }
    timer.reset();
  });
  return timer;
}

void Outbox::Timer::Stop() {
  {
    const MutexLock lock(mutex);
    call = nullptr;
  }
  alarm.Cancel();
}

Outbox::Place::Place(Outbox& box, std::size_t bytes, bool is_large, std::shared_ptr<Timer> timer)
    : box_(&box), bytes_(bytes), is_large_(is_large), timer_(std::move(timer)) {}

Outbox::Place::Place(Place&& other) noexcept
    : box_(std::exchange(other.box_, nullptr)),
      bytes_(other.bytes_),
      is_large_(other.is_large_),
      timer_(std::move(other.timer_)) {}

Outbox::Place::~Place() {
  if (timer_ != nullptr) {
    timer_->Stop();
  }
  if (box_ != nullptr) {
    box_->Leave(bytes_, is_large_);
  }
}

Result<Outbox::Place> Outbox::Enter(std::size_t bytes, grpc::ServerContextBase& call) {
  const bool is_large = bytes >= kLargeReplyBytes;
  const std::size_t room = bytes + kUnreadCallBytes;
  bool is_timed = is_large;
  {
    const MutexLock lock(mutex_);
    std::size_t& waits = is_large ? large_bytes_ : small_bytes_;
    if (waits > 0 && waits + room > kUnreadBytesMax) {
      return Fail(Code::kResourceExhausted,
                  "sending the reply: " + std::to_string(waits >> 20) +
                      " MiB of replies wait for their callers to read them, at most " +
                      std::to_string(kUnreadBytesMax >> 20) + " may; call again");
    }
    waits += room;
    is_timed = is_timed || waits > kUnreadBytesMax / 2;
  }
  return Place(*this, room, is_large, is_timed ? Timer::Start(call, bytes) : nullptr);
}

void Outbox::Leave(std::size_t bytes, bool is_large) {
  const MutexLock lock(mutex_);
  (is_large ? large_bytes_ : small_bytes_) -= bytes;
}

}  // namespace hone::rpc
