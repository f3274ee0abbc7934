// Conversion between errors and gRPC's statuses: the codes are the same numbers. Pure; any thread.
#pragma once

#include <cstddef>

#include <grpcpp/support/status.h>

#include "proto/core/result.h"

namespace hone::rpc {

/// Longer messages are cut: they are sent in headers, whose size is bounded.
inline constexpr std::size_t kMessageMax = 4096;

inline grpc::Status ToGrpc(const Error& error) {
  return {static_cast<grpc::StatusCode>(error.code), error.message.substr(0, kMessageMax)};
}

inline grpc::Status ToGrpc(const Status& status) {
  return status ? grpc::Status::OK : ToGrpc(status.error());
}

inline Error FromGrpc(const grpc::Status& status) {
  return {static_cast<Code>(status.error_code()), status.error_message()};
}

}  // namespace hone::rpc
