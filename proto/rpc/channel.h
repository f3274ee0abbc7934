// Channels to services of others: address, TLS, token. Belongs to who calls.
#pragma once

#include <memory>

#include <grpcpp/channel.h>

#include "proto/core/result.h"
#include "proto/model/algorithm_service.h"

namespace hone::rpc {

/// kInvalidArgument if a file cannot be read. Connecting is the first call's matter.
Result<std::shared_ptr<grpc::Channel>> MakeChannel(const AlgorithmService& service);

}  // namespace hone::rpc
