// Channels to services outside of Hone: address, TLS, token. Any thread.
#pragma once

#include <memory>

#include <grpcpp/channel.h>

#include "proto/core/result.h"
#include "proto/model/algorithm_service.h"

namespace hone::rpc {

/// Error: kInvalidArgument if a file cannot be read. The connection is made by the first call.
Result<std::shared_ptr<grpc::Channel>> MakeChannel(const AlgorithmService& service);

}  // namespace hone::rpc
