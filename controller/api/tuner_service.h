// TunerService: hone.v1.Tuner over gRPC. Calls are answered on gRPC's threads; a waiting call
// occupies no thread. `outbox` and `tuner` must outlive the service.
#pragma once

#include <memory>

#include "controller/tuner/tuner.h"
#include "proto/rpc/outbox.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace hone::controller {

/// The most unanswered requests of one stream; at this number the stream stops reading.
inline constexpr std::size_t kUnansweredMax = 128;

std::unique_ptr<grpc::Service> MakeTunerService(rpc::Outbox& outbox, Tuner& tuner);

}  // namespace hone::controller
