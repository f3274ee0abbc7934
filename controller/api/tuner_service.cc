#include "controller/api/tuner_service.h"

#include <utility>

#include <grpcpp/grpcpp.h>

#include "controller/api/tuner_calls.h"
#include "controller/api/work_stream.h"
#include "proto/hone/v1/tuner.grpc.pb.h"
#include "proto/rpc/answer.h"
#include "proto/rpc/door.h"
#include "proto/rpc/status.h"

namespace hone::controller {
namespace {

/// One Ask call. It may wait for trials, and ends without a reply if its client cancels it. The
/// call object outlives Start.
class AskCall final : public rpc::UnaryCall {
 public:
  using rpc::UnaryCall::UnaryCall;

  void Start(TunerCalls& calls,
             const Result<access::Caller>& caller,
             const v1::AskRequest& request,
             v1::AskReply& reply) {
    pending_ = calls.Ask(caller, request, [this, &reply](Result<v1::AskReply> asked) {
      Status status;
      if (asked) {
        reply = *std::move(asked);
      } else {
        status = tl::unexpected<Error>(std::move(asked).error());
      }
      End(status, reply);
    });
  }

  void OnCancel() override {
    if (pending_.Cancel()) {
      Finish(grpc::Status::CANCELLED);
    }
  }

 private:
  PendingAsk pending_;
};

class TunerService final : public v1::Tuner::CallbackService {
 public:
  TunerService(rpc::Outbox& outbox, const access::Callers& callers, Tuner& tuner)
      : outbox_(outbox), callers_(callers), calls_(tuner) {}

  grpc::ServerUnaryReactor* CreateStudy(grpc::CallbackServerContext* call,
                                        const v1::CreateStudyRequest* request,
                                        v1::Study* reply) override {
    return Answer(*call, *reply, [&] { return calls_.CreateStudy(CallerOf(*call), *request); });
  }

  grpc::ServerUnaryReactor* GetStudy(grpc::CallbackServerContext* call,
                                     const v1::GetStudyRequest* request,
                                     v1::Study* reply) override {
    return Answer(*call, *reply, [&] { return calls_.GetStudy(CallerOf(*call), *request); });
  }

  grpc::ServerUnaryReactor* ListStudies(grpc::CallbackServerContext* call,
                                        const v1::ListStudiesRequest* request,
                                        v1::ListStudiesReply* reply) override {
    return Answer(*call, *reply, [&] { return calls_.ListStudies(CallerOf(*call), *request); });
  }

  grpc::ServerUnaryReactor* Ask(grpc::CallbackServerContext* call,
                                const v1::AskRequest* request,
                                v1::AskReply* reply) override {
    // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): gRPC's reactors own themselves
    auto* const asking = new AskCall(outbox_, *call);
    if (!asking->EndIfGivenUp()) {
      asking->Start(calls_, CallerOf(*call), *request, *reply);
    }
    return asking;
  }

  grpc::ServerUnaryReactor* Tell(grpc::CallbackServerContext* call,
                                 const v1::TellRequest* request,
                                 v1::Trial* reply) override {
    return Answer(*call, *reply, [&] { return calls_.Tell(CallerOf(*call), *request); });
  }

  grpc::ServerUnaryReactor* ReportIntermediate(grpc::CallbackServerContext* call,
                                               const v1::ReportIntermediateRequest* request,
                                               v1::ReportIntermediateReply* reply) override {
    return Answer(*call, *reply, [&] { return calls_.Report(CallerOf(*call), *request); });
  }

  grpc::ServerUnaryReactor* ListTrials(grpc::CallbackServerContext* call,
                                       const v1::ListTrialsRequest* request,
                                       v1::ListTrialsReply* reply) override {
    return Answer(*call, *reply, [&] { return calls_.ListTrials(CallerOf(*call), *request); });
  }

  grpc::ServerUnaryReactor* GetBestTrial(grpc::CallbackServerContext* call,
                                         const v1::GetBestTrialRequest* request,
                                         v1::Trial* reply) override {
    return Answer(*call, *reply, [&] { return calls_.GetBestTrial(CallerOf(*call), *request); });
  }

  grpc::ServerBidiReactor<v1::WorkRequest, v1::WorkReply>* Work(
      grpc::CallbackServerContext* call) override {
    // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): as above
    return new WorkStream(calls_, CallerOf(*call), outbox_, *call);
  }

 private:
  Result<access::Caller> CallerOf(const grpc::CallbackServerContext& call) const {
    return rpc::CallerOf(callers_, call);
  }

  /// `make` returns the reply, or the error to answer with.
  template <typename Reply, typename Make>
  grpc::ServerUnaryReactor* Answer(grpc::CallbackServerContext& call, Reply& reply, Make make) {
    return rpc::Answer(outbox_, call, reply, [&]() -> Status {
      HONE_ASSIGN_OR_RETURN(reply, make());
      return {};
    });
  }

  rpc::Outbox& outbox_;
  const access::Callers& callers_;
  TunerCalls calls_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeTunerService(rpc::Outbox& outbox,
                                                const access::Callers& callers,
                                                Tuner& tuner) {
  return std::make_unique<TunerService>(outbox, callers, tuner);
}

}  // namespace hone::controller
