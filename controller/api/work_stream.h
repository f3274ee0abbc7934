// WorkStream: one worker's stream of hone.v1.Tuner. Requests are taken in their order; replies are
// written one at a time as they are ready. Deletes itself when gRPC is done with it.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "controller/api/tuner_calls.h"
#include "proto/hone/v1/tuner.grpc.pb.h"
#include "proto/model/mutex.h"
#include "proto/rpc/outbox.h"

namespace hone::controller {

class WorkStream final : public grpc::ServerBidiReactor<v1::WorkRequest, v1::WorkReply> {
 public:
  /// Begins to read. If the caller is an error, so is the answer to each request. `calls`, `outbox`
  /// and `context` must outlive it.
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
  /// Begins what can be done now, writing and reading. True if there is nothing more to come: then
  /// the caller, and nobody else, has to call Finish, outside the lock.
  [[nodiscard]] bool Advance() HONE_REQUIRES(mutex_);

  /// A reply with its room in the outbox, unless it is an error.
  struct Reply {
    v1::WorkReply message;
    std::optional<rpc::Outbox::Place> place;
  };
  /// The message, or the error that there is no room for it.
  [[nodiscard]] Reply Place(v1::WorkReply message);

  TunerCalls& calls_;
  const Result<access::Caller> caller_;
  rpc::Outbox& outbox_;
  grpc::CallbackServerContext& context_;
  v1::WorkRequest request_;

  Mutex mutex_;
  /// The first is being written while is_writing_.
  std::deque<Reply> replies_ HONE_GUARDED_BY(mutex_);
  /// Asks that have no reply yet, by a number of ours; ids are the caller's and may repeat.
  std::map<std::uint64_t, PendingAsk> asks_ HONE_GUARDED_BY(mutex_);
  std::uint64_t last_ask_ HONE_GUARDED_BY(mutex_) = 0;
  bool is_reading_ HONE_GUARDED_BY(mutex_) = false;
  bool is_writing_ HONE_GUARDED_BY(mutex_) = false;
  /// The caller has said all.
  bool has_read_all_ HONE_GUARDED_BY(mutex_) = false;
  bool is_broken_ HONE_GUARDED_BY(mutex_) = false;
  bool has_ended_ HONE_GUARDED_BY(mutex_) = false;
};

}  // namespace hone::controller
