// Credentials that check each call's token when its headers have arrived, before any part of its
// message is read. Belongs to proto/rpc.
#pragma once

#include <memory>

#include <grpcpp/security/server_credentials.h>

#include "proto/access/callers.h"

namespace hone::rpc {

/// Makes `tls` admit only calls whose caller `callers` knows.
void AskForTokens(std::shared_ptr<const access::Callers> callers, grpc::ServerCredentials& tls);

/// The same without TLS, which gRPC's C++ interface does not offer.
std::shared_ptr<grpc::ServerCredentials> ClearTextTokenCredentials(
    std::shared_ptr<const access::Callers> callers);

}  // namespace hone::rpc
