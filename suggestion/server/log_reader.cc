#include "suggestion/server/log_reader.h"

#include <memory>
#include <optional>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "proto/api/v1beta1/api.grpc.pb.h"
#include "proto/core/mutex.h"
#include "proto/model/observation.h"
#include "proto/rpc/channel.h"
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

// Owned by its calls: after the last one, the destructor releases the channel and then passes the
// result to `done`. Releasing the last channel of a process waits for gRPC's threads, and this
// thread is one of them; but the server, which waits for `done`, keeps those threads alive as a
// channel does.
class Reading {
 public:
  Reading(const std::shared_ptr<grpc::Channel>& channel,
          std::string metric,
          std::vector<std::string> trials,
          std::chrono::system_clock::time_point deadline,
          std::function<void(Result<TrialValues>)> done)
      : manager_(api::DBManager::NewStub(channel)),
        metric_(std::move(metric)),
        trials_(std::move(trials)),
        deadline_(deadline),
        done_(std::move(done)),
        result_(TrialValues(trials_.size())) {}
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() {
    manager_.reset();
    done_(std::move(result_));
  }

  /// Asks for the next trial in turn, unless a call has failed.
  static void AskNext(const std::shared_ptr<Reading>& reading) {
    if (const std::optional<std::size_t> trial = reading->Next()) {
      const auto call = std::make_shared<Call>(reading, *trial);
      call->context.set_deadline(reading->deadline_);
      call->request.set_trial_name(reading->trials_[*trial]);
      call->request.set_metric_name(reading->metric_);
      reading->manager_->async()->GetObservationLog(
          &call->context, &call->request, &call->reply, [call](const grpc::Status& status) {
            call->reading->Take(*call, status);
            AskNext(call->reading);
          });
    }
  }

 private:
  struct Call {
    Call(std::shared_ptr<Reading> of, std::size_t about) : reading(std::move(of)), trial(about) {}

    /// Declared first, so it is destroyed after the context, which also holds the channel.
    const std::shared_ptr<Reading> reading;
    const std::size_t trial;
    grpc::ClientContext context;
    api::GetObservationLogRequest request;
    api::GetObservationLogReply reply;
  };

  std::optional<std::size_t> Next() {
    const MutexLock lock(mutex_);
    return result_ && next_ < trials_.size() ? std::optional(next_++) : std::nullopt;
  }

  void Take(const Call& call, const grpc::Status& status) {
    const MutexLock lock(mutex_);
    if (result_ && status.ok()) {
      (*result_)[call.trial] = ValuesOf(call.reply.observation_log());
    } else if (result_) {
      result_ =
          Wrap("reading the observations of trial " + trials_[call.trial], rpc::FromGrpc(status));
    }
  }

  std::unique_ptr<api::DBManager::Stub> manager_;
  const std::string metric_;
  const std::vector<std::string> trials_;
  const std::chrono::system_clock::time_point deadline_;
  const std::function<void(Result<TrialValues>)> done_;

  Mutex mutex_;
  /// The result for all trials, once the last call has ended.
  Result<TrialValues> result_ HONE_GUARDED_BY(mutex_);
  /// The next trial to ask for.
  std::size_t next_ HONE_GUARDED_BY(mutex_) = 0;
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
  auto channel = rpc::MakeChannel({.address = address});
  if (!channel) {
    done(tl::unexpected<Error>(std::move(channel).error()));
    return;
  }
  const auto reading = std::make_shared<Reading>(
      *std::move(channel), metric, std::move(trials), deadline, std::move(done));
  for (std::size_t call = 0; call < kReadsAtOnce; ++call) {
    Reading::AskNext(reading);
  }
}

}  // namespace hone::suggestion
