// Credentials that ask each call for a token when its headers have come: nothing of its message has
// been read then. Belongs to proto/rpc.
#pragma once

#include <memory>

#include <grpcpp/security/server_credentials.h>

#include "proto/access/callers.h"

namespace hone::rpc {

/// Calls of `tls` are let in if `callers` knows their caller.
void AskForTokens(std::shared_ptr<const access::Callers> callers, grpc::ServerCredentials& tls);

/// The same in clear text, for which gRPC's C++ interface has no way.
std::shared_ptr<grpc::ServerCredentials> ClearTextTokenCredentials(
    std::shared_ptr<const access::Callers> callers);

}  // namespace hone::rpc
