// Answer: how a unary call of a callback service is answered: for whoever is let in, with the
// status that the work ends with, at once or later. Any thread.
#pragma once

#include <functional>
#include <utility>

#include <grpcpp/support/server_callback.h>

#include "proto/rpc/gate.h"
#include "proto/rpc/status.h"

namespace hone::rpc {

/// `work` returns a Status; it is not done for a caller that `gate` does not admit.
template <typename Work>
grpc::ServerUnaryReactor* Answer(const Gate& gate, grpc::CallbackServerContext& call, Work work) {
  grpc::ServerUnaryReactor* const reactor = call.DefaultReactor();
  const grpc::Status admitted = gate.Admit(call);
  reactor->Finish(admitted.ok() ? ToGrpc(work()) : admitted);
  return reactor;
}

/// Ends a call. Has to be called once, on any thread.
using Finish = std::function<void(const Status& status)>;

/// `begin` takes a Finish, and does not wait; it is not called for a caller that `gate` does not
/// admit. The call, its request and its reply live until it is finished.
template <typename Begin>
grpc::ServerUnaryReactor* AnswerLater(const Gate& gate,
                                      grpc::CallbackServerContext& call,
                                      Begin begin) {
  grpc::ServerUnaryReactor* const reactor = call.DefaultReactor();
  if (const grpc::Status admitted = gate.Admit(call); !admitted.ok()) {
    reactor->Finish(admitted);
    return reactor;
  }
  begin(Finish([reactor](const Status& status) { reactor->Finish(ToGrpc(status)); }));
  return reactor;
}

}  // namespace hone::rpc
