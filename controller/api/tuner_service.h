// TunerService: hone.v1.Tuner over gRPC. Calls are answered on gRPC's threads; a waiting call
// occupies no thread. The arguments must outlive the service.
#pragma once

#include <memory>

#include "controller/tuner/tuner.h"
#include "proto/access/callers.h"
#include "proto/rpc/outbox.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace hone::controller {

/// The most unanswered requests of one stream; at this number the stream stops reading.
inline constexpr std::size_t kUnansweredMax = 128;

std::unique_ptr<grpc::Service> MakeTunerService(rpc::Outbox& outbox,
                                                const access::Callers& callers,
                                                Tuner& tuner);

}  // namespace hone::controller
