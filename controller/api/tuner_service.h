// TunerService: hone.v1.Tuner over gRPC. Calls are answered on gRPC's threads; one that has to wait
// holds none. The constructor's arguments must
// outlive it.
#pragma once

#include <memory>

#include "controller/tuner/tuner.h"
#include "proto/access/callers.h"
#include "proto/rpc/outbox.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace hone::controller {

/// Requests of one stream that are not answered yet; beyond these none is read.
inline constexpr std::size_t kUnansweredMax = 128;

std::unique_ptr<grpc::Service> MakeTunerService(rpc::Outbox& outbox,
                                                const access::Callers& callers,
                                                Tuner& tuner);

}  // namespace hone::controller
