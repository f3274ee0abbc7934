// Answer: answers a unary call of a callback service with its reply or error, at once or later, and
// keeps room for the reply in the outbox until the caller has read it. Any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "proto/rpc/outbox.h"
#include "proto/rpc/status.h"

namespace hone::rpc {

inline std::size_t BytesOf(const grpc::ByteBuffer& reply) {
  return reply.Length();
}
template <typename Message>
std::size_t BytesOf(const Message& reply) {
  return reply.ByteSizeLong();
}

/// One unary call. Deletes itself when gRPC calls OnDone.
class UnaryCall : public grpc::ServerUnaryReactor {
 public:
  /// `box` and `context` must outlive the call.
  UnaryCall(Outbox& box, grpc::CallbackServerContext& context) : box_(box), context_(context) {}

  /// True if the caller has cancelled, or the server starts no more calls: then this method has
  /// ended the call, and there is no work to do.
  bool EndIfGivenUp() {
    if (context_.IsCancelled()) {
      Finish(grpc::Status::CANCELLED);
      return true;
    }
    if (box_.IsClosed()) {
      Finish({grpc::StatusCode::UNAVAILABLE, "the server is stopping; call again when it is back"});
      return true;
    }
    return false;
  }

  /// Ends the call with `reply`, or with an error if `status` is one or the outbox has no room. In
  /// case of an error the reply's content is freed: gRPC keeps the message until the caller has
  /// read the error. Called once.
  template <typename Reply>
  void End(const Status& status, Reply& reply) {
    const Status entered = status ? Enter(BytesOf(reply)) : status;
    if (!entered) {
      reply = Reply();
    }
    Finish(ToGrpc(entered));
  }

  void OnDone() override { delete this; }

 private:
  Status Enter(std::size_t bytes) {
    HONE_ASSIGN_OR_RETURN(Outbox::Place place, box_.Enter(bytes, context_));
    place_.emplace(std::move(place));
    return {};
  }

  Outbox& box_;
  grpc::CallbackServerContext& context_;
  std::optional<Outbox::Place> place_;
};

/// `work` fills `reply` and returns a Status; it is not called if the caller has cancelled.
template <typename Reply, typename Work>
grpc::ServerUnaryReactor* Answer(Outbox& box,
                                 grpc::CallbackServerContext& context,
                                 Reply& reply,
                                 Work work) {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): gRPC's reactors own themselves
  auto* const call = new UnaryCall(box, context);
  if (!call->EndIfGivenUp()) {
    call->End(work(), reply);
  }
  return call;
}

/// Ends a call. Has to be called once, on any thread.
using Finish = std::function<void(const Status& status)>;

/// `begin` takes a Finish, and does not wait; it is not called if the caller has cancelled. The
/// call, its request and its reply live until Finish is called.
template <typename Reply, typename Begin>
grpc::ServerUnaryReactor* AnswerLater(Outbox& box,
                                      grpc::CallbackServerContext& context,
                                      Reply& reply,
                                      Begin begin) {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): as above
  auto* const call = new UnaryCall(box, context);
  if (!call->EndIfGivenUp()) {
    begin(Finish([call, &reply](const Status& status) { call->End(status, reply); }));
  }
  return call;
}

}  // namespace hone::rpc
