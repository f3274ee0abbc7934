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

// Its calls own it: when the last of them has gone, it tells what was read, having let go of its
// channel. Whoever lets go of the last channel in the process waits for gRPC's threads, of which
// this is one; but the server that waits to be told holds them as a channel does.
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

  /// Asks about the first trial that has not been asked about, unless something has failed.
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

    /// Goes after the context, which has the channel too.
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
  /// In the end that of all.
  Result<TrialValues> result_ HONE_GUARDED_BY(mutex_);
  /// The first trial that has not been asked about.
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
