// WorkStream: one worker's stream of hone.v1.Tuner. Requests are handled in their order; replies
// are written one at a time, in the order in which they become ready. Deletes itself when gRPC
// calls OnDone.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "controller/api/tuner_calls.h"
#include "proto/core/mutex.h"
#include "proto/hone/v1/tuner.grpc.pb.h"
#include "proto/rpc/outbox.h"

namespace hone::controller {

class WorkStream final : public grpc::ServerBidiReactor<v1::WorkRequest, v1::WorkReply> {
 public:
  /// Starts to read. If the caller is an error, so is the answer to each request. `calls`, `outbox`
  /// and `context` must outlive the stream.
  WorkStream(TunerCalls& calls,
             Result<access::Caller> caller,
             rpc::Outbox& outbox,
             grpc::CallbackServerContext& context);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  void Take(const v1::WorkRequest& request);
  void Ask(std::uint64_t id, const v1::AskRequest& request);
  void Answer(std::uint64_t ask, v1::WorkReply reply);
  /// Starts the next read and the next write, if they are possible now. True if the stream is at
  /// its end: then this caller alone has to call Finish, without the lock.
  [[nodiscard]] bool Advance() HONE_REQUIRES(mutex_);

  /// A reply with the room reserved for it in the outbox; an error has none.
  struct Reply {
    v1::WorkReply message;
    std::optional<rpc::Outbox::Place> place;
  };
  /// `message` with its room in the outbox, or an error reply if the outbox has no room.
  [[nodiscard]] Reply Place(v1::WorkReply message);

  TunerCalls& calls_;
  const Result<access::Caller> caller_;
  rpc::Outbox& outbox_;
  grpc::CallbackServerContext& context_;
  v1::WorkRequest request_;

  Mutex mutex_;
  /// While is_writing_, the first reply is being written.
  std::deque<Reply> replies_ HONE_GUARDED_BY(mutex_);
  /// Asks without a reply, by a number that this class counts up: request ids are chosen by the
  /// client and may repeat.
  std::map<std::uint64_t, PendingAsk> asks_ HONE_GUARDED_BY(mutex_);
  std::uint64_t last_ask_ HONE_GUARDED_BY(mutex_) = 0;
  bool is_reading_ HONE_GUARDED_BY(mutex_) = false;
  bool is_writing_ HONE_GUARDED_BY(mutex_) = false;
  /// The client has closed its side of the stream.
  bool has_read_all_ HONE_GUARDED_BY(mutex_) = false;
  bool is_broken_ HONE_GUARDED_BY(mutex_) = false;
  bool has_ended_ HONE_GUARDED_BY(mutex_) = false;
};

}  // namespace hone::controller
