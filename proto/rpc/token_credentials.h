// Credentials that ask each call for a token when its headers have come: nothing of its message has
// been read then. Belongs to proto/rpc.
#pragma once

#include <memory>

#include <grpcpp/security/server_credentials.h>

#include "proto/rpc/gate.h"

namespace hone::rpc {

/// `gate` decides about the calls of `tls`.
void AskForTokens(std::shared_ptr<const Gate> gate, grpc::ServerCredentials& tls);

/// The same in clear text, for which gRPC's C++ interface has no way.
std::shared_ptr<grpc::ServerCredentials> ClearTextTokenCredentials(
    std::shared_ptr<const Gate> gate);

}  // namespace hone::rpc
