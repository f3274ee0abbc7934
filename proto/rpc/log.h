// Silences gRPC's own log, so that users see only Hone's messages. With the variable GRPC_VERBOSITY
// in the environment gRPC logs as usual.
#pragma once

namespace hone::rpc {

/// Called before gRPC is first used; may be called again. Any thread.
void SilenceGrpc();

}  // namespace hone::rpc
