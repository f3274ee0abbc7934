// EarlyStoppingService: api.v1.beta1.EarlyStopping. Katib asks once for each batch of trials,
// before they run: the answer is the bar of medianstop, a true median. Any thread; `outbox` must
// outlive it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proto/core/result.h"
#include "proto/model/observation.h"
#include "proto/rpc/outbox.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace hone::suggestion {

/// What becomes of a trial whose stopping rules were met.
using StopTrial = std::function<Status(const std::string& trial)>;

/// What a trial has reported, where it is known without a DBManager.
using ReadLog = std::function<Result<std::vector<Observation>>(const std::string& trial)>;

/// The DBManager that each request names: who can call can then have any address connected to.
inline constexpr char kNamedDbManager[] = "any";

/// `db_manager` is the only DBManager that is asked for observations ("host:port"), or
/// kNamedDbManager; empty: none is. With `read_log` none is asked either. Without `stop_trial` the
/// server cannot set the status of trials.
std::unique_ptr<grpc::Service> MakeEarlyStoppingService(rpc::Outbox& outbox,
                                                        std::string db_manager,
                                                        StopTrial stop_trial,
                                                        ReadLog read_log);

}  // namespace hone::suggestion
