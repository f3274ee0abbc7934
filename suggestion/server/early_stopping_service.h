// EarlyStoppingService: api.v1.beta1.EarlyStopping. Katib asks once for each batch of trials,
// before they run: the answer is the bar of medianstop, a true median. Callers need role write, and
// the namespaces of the trials that they name. Any thread; `outbox` and `callers` must outlive it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proto/access/callers.h"
#include "proto/model/observation.h"
#include "proto/model/result.h"
#include "proto/rpc/outbox.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace hone::suggestion {

/// Ends a trial whose stopping rules were met, if the caller may write in the trial's namespace.
using StopTrial = std::function<Status(const access::Caller& caller, const std::string& trial)>;

/// What a trial has reported, where it is known without a DBManager.
using ReadLog = std::function<Result<std::vector<Observation>>(const std::string& trial)>;

/// The DBManager that each request names: who can call can then have any address connected to.
inline constexpr char kNamedDbManager[] = "any";

/// `db_manager` is the only DBManager that is asked for observations ("host:port"), or
/// kNamedDbManager; empty: none is. With `read_log` none is asked either. Without `stop_trial` the
/// server cannot set the status of trials.
std::unique_ptr<grpc::Service> MakeEarlyStoppingService(rpc::Outbox& outbox,
                                                        const access::Callers& callers,
                                                        std::string db_manager,
                                                        StopTrial stop_trial,
                                                        ReadLog read_log);

}  // namespace hone::suggestion
