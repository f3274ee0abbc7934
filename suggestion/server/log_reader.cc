#include "suggestion/server/log_reader.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "proto/api/v1beta1/api.grpc.pb.h"
#include "proto/model/mutex.h"
#include "proto/model/observation.h"
#include "proto/rpc/status.h"

namespace hone::suggestion {
namespace {

namespace api = ::api::v1::beta1;

std::vector<double> ValuesOf(const api::ObservationLog& log) {
  std::vector<double> values;
  for (const api::MetricLog& row : log.metric_logs()) {
    if (const auto value = ParseNumber(row.metric().value())) {
      values.push_back(*value);
    }
  }
  return values;
}

struct Call {
  grpc::ClientContext context;
  api::GetObservationLogRequest request;
  api::GetObservationLogReply reply;
};

class Reading : public std::enable_shared_from_this<Reading> {
 public:
  Reading(const std::string& address,
          std::string metric,
          std::vector<std::string> trials,
          std::chrono::system_clock::time_point deadline,
          std::function<void(Result<TrialValues>)> done)
      : manager_(api::DBManager::NewStub(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))),
        metric_(std::move(metric)),
        trials_(std::move(trials)),
        deadline_(deadline),
        done_(std::move(done)),
        result_(TrialValues(trials_.size())) {}

  void Start() {
    const std::size_t first = std::min(trials_.size(), kReadsAtOnce);
    {
      const MutexLock lock(mutex_);
      next_ = under_way_ = first;
    }
    for (std::size_t trial = 0; trial < first; ++trial) {
      Ask(trial);
    }
  }

 private:
  void Ask(std::size_t trial) {
    const auto call = std::make_shared<Call>();
    call->context.set_deadline(deadline_);
    call->request.set_trial_name(trials_[trial]);
    call->request.set_metric_name(metric_);
    manager_->async()->GetObservationLog(
        &call->context,
        &call->request,
        &call->reply,
        [self = shared_from_this(), call, trial](const grpc::Status& status) {
          self->Take(trial, *call, status);
        });
  }

  /// What was asked about `trial` has been answered: asks about another, or is done.
  void Take(std::size_t trial, const Call& call, const grpc::Status& status) {
    mutex_.Lock();
    if (result_ && status.ok()) {
      (*result_)[trial] = ValuesOf(call.reply.observation_log());
    } else if (result_) {
      result_ = Wrap("reading the observations of trial " + trials_[trial], rpc::FromGrpc(status));
    }
    const bool asks = result_ && next_ < trials_.size();
    const std::size_t next = asks ? next_++ : 0;
    under_way_ -= asks ? 0 : 1;
    const bool is_last = under_way_ == 0;
    Result<TrialValues> result = is_last ? std::move(result_) : TrialValues();
    mutex_.Unlock();
    if (asks) {
      Ask(next);
    } else if (is_last) {
      done_(std::move(result));
    }
  }

  const std::unique_ptr<api::DBManager::Stub> manager_;
  const std::string metric_;
  const std::vector<std::string> trials_;
  const std::chrono::system_clock::time_point deadline_;
  const std::function<void(Result<TrialValues>)> done_;

  Mutex mutex_;
  /// In the end that of all.
  Result<TrialValues> result_ HONE_GUARDED_BY(mutex_);
  /// The first trial that has not been asked about.
  std::size_t next_ HONE_GUARDED_BY(mutex_) = 0;
  std::size_t under_way_ HONE_GUARDED_BY(mutex_) = 0;
};

}  // namespace

void ReadLogs(const std::string& address,
              const std::string& metric,
              std::vector<std::string> trials,
              std::chrono::system_clock::time_point deadline,
              std::function<void(Result<TrialValues>)> done) {
  if (trials.empty()) {
    done(TrialValues());
    return;
  }
  std::make_shared<Reading>(address, metric, std::move(trials), deadline, std::move(done))->Start();
}

}  // namespace hone::suggestion
