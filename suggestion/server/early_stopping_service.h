// EarlyStoppingService: api.v1.beta1.EarlyStopping. Katib asks once for each batch of trials,
// before they run: the answer is the bar of medianstop, a true median. Any thread; `gate` must
// outlive it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proto/model/observation.h"
#include "proto/model/result.h"
#include "proto/rpc/gate.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace hone::suggestion {

/// What becomes of a trial whose stopping rules were met.
using StopTrial = std::function<Status(const std::string& trial)>;

/// What a trial has reported, where it is known without a DBManager.
using ReadLog = std::function<Result<std::vector<Observation>>(const std::string& trial)>;

/// `db_manager` is the only DBManager that is asked for observations ("host:port"); empty: the one
/// that each request names. With `read_log` none is
/// asked. Without `stop_trial` the server holds no trials.
std::unique_ptr<grpc::Service> MakeEarlyStoppingService(const rpc::Gate& gate,
                                                        std::string db_manager,
                                                        StopTrial stop_trial,
                                                        ReadLog read_log);

}  // namespace hone::suggestion
