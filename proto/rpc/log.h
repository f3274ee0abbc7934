// What gRPC itself would print: nothing, so that a person reads only what we say. With the variable
// GRPC_VERBOSITY in the environment it prints as it always does.
#pragma once

namespace hone::rpc {

/// Before gRPC is first used; again does no harm. Any thread.
void SilenceGrpc();

}  // namespace hone::rpc
