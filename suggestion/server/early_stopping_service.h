// EarlyStoppingService: api.v1.beta1.EarlyStopping. Katib asks once for each batch of trials,
// before they run: the answer is medianstop's bar, a true median. Callers need role write, and the
// namespaces of the trials in the request. Any thread; `outbox` and `callers` must outlive it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proto/access/callers.h"
#include "proto/core/result.h"
#include "proto/model/observation.h"
#include "proto/rpc/outbox.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace hone::suggestion {

/// Stops a trial whose stopping rules were met, if the caller may write in the trial's namespace.
using StopTrial = std::function<Status(const access::Caller& caller, const std::string& trial)>;

/// Reads the observations of a trial from elsewhere than a DBManager.
using ReadLog = std::function<Result<std::vector<Observation>>(const std::string& trial)>;

/// Stands for the DBManager that each request names: then any caller can make the server connect to
/// any address.
inline constexpr char kNamedDbManager[] = "any";

/// `db_manager` is the only DBManager that is asked for observations ("host:port"), or
/// kNamedDbManager; empty: none is asked. With `read_log` no DBManager is asked. Without
/// `stop_trial` the server cannot set the status of trials.
std::unique_ptr<grpc::Service> MakeEarlyStoppingService(rpc::Outbox& outbox,
                                                        const access::Callers& callers,
                                                        std::string db_manager,
                                                        StopTrial stop_trial,
                                                        ReadLog read_log);

}  // namespace hone::suggestion
