// The door of a gRPC server: which callers it admits, and the caller of each call. Any thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/string_ref.h>

#include "proto/access/callers.h"

namespace hone::rpc {

/// The header with a caller's token.
inline constexpr std::string_view kAuthorization = "authorization";

using Headers = std::multimap<grpc::string_ref, grpc::string_ref>;

/// The callers of a file; an empty path admits every call. kInvalidArgument begins with
/// "--tokens: " and the file.
Result<std::shared_ptr<const access::Callers>> ReadCallers(const std::filesystem::path& tokens);

/// To be called before a call's message is read. kUnauthenticated unless the caller is known, or
/// `method` ("/package.Service/Method") belongs to the health service or reflection.
Status Admit(const access::Callers& callers,
             std::string_view method,
             const access::Credentials& shown);

/// The caller of a call, found anew from the credentials of the call: gRPC (1.51) keeps an identity
/// that is noted at the door with the connection, which calls of different callers may share.
Result<access::Caller> CallerOf(const access::Callers& callers,
                                const grpc::CallbackServerContext& call);

/// The value of a header, the first if it comes more than once; empty if there is none.
[[nodiscard]] std::string_view FirstOf(const Headers& headers, std::string_view name);
/// The common name of a connection's client certificate. It lives as long as `connection`.
[[nodiscard]] std::optional<std::string_view> CertificateOf(const grpc::AuthContext& connection);

}  // namespace hone::rpc
