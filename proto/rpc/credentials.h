// Who may call: credentials of a server's port, read from files. Belongs to proto/rpc.
#pragma once

#include <memory>

#include <grpcpp/security/server_credentials.h>

#include "proto/model/result.h"
#include "proto/rpc/server.h"

namespace hone::rpc {

/// kInvalidArgument says which option is missing or names a file that cannot be used.
Result<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const ServerOptions& options);

/// True for 127.0.0.0/8, ::1, localhost, and sockets of this machine's file system.
bool IsLoopback(std::string_view address);

}  // namespace hone::rpc
