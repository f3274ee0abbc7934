// Answer: how a unary call of a callback service is answered: with the reply or the error that the
// work ends with, at once or later, and a place in the outbox until the reply is read. Any thread.
#pragma once

#include <functional>
#include <optional>

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "proto/rpc/outbox.h"
#include "proto/rpc/status.h"

namespace hone::rpc {

/// One unary call. Deletes itself when gRPC is done with it.
class UnaryCall : public grpc::ServerUnaryReactor {
 public:
  /// `box` and `context` must outlive it.
  UnaryCall(Outbox& box, grpc::CallbackServerContext& context) : box_(box), context_(context) {}

  /// With a reply of `bytes`, unless the status is an error. Once.
  void End(const Status& status, std::size_t bytes) {
    if (!status) {
      Finish(ToGrpc(status));
      return;
    }
    Result<Outbox::Place> place = box_.Enter(bytes, context_);
    if (!place) {
      Finish(ToGrpc(place.error()));
      return;
    }
    place_.emplace(*std::move(place));
    Finish(grpc::Status::OK);
  }

  void OnDone() override { delete this; }

 private:
  Outbox& box_;
  grpc::CallbackServerContext& context_;
  std::optional<Outbox::Place> place_;
};

/// `work` fills `reply` and returns a Status; it is not done for a caller that has gone.
template <typename Reply, typename Work>
grpc::ServerUnaryReactor* Answer(Outbox& box,
                                 grpc::CallbackServerContext& context,
                                 const Reply& reply,
                                 Work work) {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): gRPC's reactors own themselves
  auto* const call = new UnaryCall(box, context);
  if (context.IsCancelled()) {
    call->Finish(grpc::Status::CANCELLED);
    return call;
  }
  const Status status = work();
  call->End(status, status ? reply.ByteSizeLong() : 0);
  return call;
}

/// Ends a call. Has to be called once, on any thread.
using Finish = std::function<void(const Status& status)>;

/// `begin` takes a Finish, and does not wait. The call, its request and its reply live until it is
/// finished.
template <typename Reply, typename Begin>
grpc::ServerUnaryReactor* AnswerLater(Outbox& box,
                                      grpc::CallbackServerContext& context,
                                      const Reply& reply,
                                      Begin begin) {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): as above
  auto* const call = new UnaryCall(box, context);
  begin(Finish([call, &reply](const Status& status) {
    call->End(status, status ? reply.ByteSizeLong() : 0);
  }));
  return call;
}

}  // namespace hone::rpc
