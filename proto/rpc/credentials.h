// Credentials of a server's ports, read from files: they decide which callers are admitted. Belongs
// to proto/rpc.
#pragma once

#include <memory>

#include <grpcpp/security/server_credentials.h>

#include "proto/core/result.h"
#include "proto/rpc/server.h"

namespace hone::rpc {

/// Tokens are checked before any part of a call's message is read. Error: kInvalidArgument, which
/// says which option is missing or names a file that cannot be used.
Result<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const ServerOptions& options);

}  // namespace hone::rpc
