// Answer: how a unary call of a callback service is answered at once: by whoever is let in, with
// the status that the work ends with. Any thread.
#pragma once

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

}  // namespace hone::rpc
