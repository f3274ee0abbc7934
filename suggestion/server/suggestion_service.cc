#include "suggestion/server/suggestion_service.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "algorithms/catalogue.h"
#include "proto/api/v1beta1/api.grpc.pb.h"
#include "proto/model/experiment.h"
#include "proto/rpc/answer.h"
#include "proto/rpc/door.h"
#include "proto/rpc/status.h"
#include "proto/wire/api.h"
#include "suggestion/server/checkpoints.h"
#include "suggestion/server/request_parts.h"
#include "suggestion/server/session_cache.h"
#include "suggestion/server/trial_fingerprint.h"
#include "suggestion/server/validation.h"

namespace hone::suggestion {
namespace {

namespace api = ::api::v1::beta1;

Experiment ReadExperiment(const api::Experiment& message) {
  Experiment experiment = proto::ReadExperiment(message);
  // The seed follows from the uid. The protocol has none, and only the name never changes.
  experiment.uid = experiment.key.name;
  return experiment;
}

/// The number of suggestions that the caller has received. Negative if the counts contradict each
/// other.
std::int64_t HandedOut(const RequestParts& request) {
  return std::int64_t{request.total_request_number} - request.current_request_number;
}

Status CheckCounts(const RequestParts& request) {
  const std::int64_t count = request.current_request_number;
  if (count < 0 || count > kSuggestionsMax) {
    return Fail(Code::kInvalidArgument,
                "current_request_number: is " + std::to_string(count) + ", must be from 0 to " +
                    std::to_string(kSuggestionsMax));
  }
  const std::int64_t missing =
      HandedOut(request) - static_cast<std::int64_t>(request.trials.size());
  if (missing > kMissingTrialsMax) {
    return Fail(Code::kInvalidArgument,
                "total_request_number: there would be " + std::to_string(missing) +
                    " suggestions whose trials are not in the request, more than " +
                    std::to_string(kMissingTrialsMax));
  }
  return {};
}

/// Decodes the experiment of a request if it is not in the cache.
Result<std::shared_ptr<const Experiment>> DecodeExperiment(const std::string& bytes) {
  api::Experiment message;
  if (!message.ParseFromString(bytes)) {
    return Fail(Code::kInvalidArgument,
                "experiment: is no message of kind api.v1.beta1.Experiment");
  }
  Experiment experiment = ReadExperiment(message);
  AddResource(experiment);
  HONE_RETURN_IF_ERROR(ValidateSearch(experiment));
  if (experiment.spec.objective->type == ObjectiveType::kUnset) {
    return Fail(Code::kInvalidArgument, "spec.objective.type: must be MINIMIZE or MAXIMIZE");
  }
  return std::make_shared<const Experiment>(std::move(experiment));
}

bool HasParents(const Experiment& experiment) {
  const algorithms::Algorithm* const algorithm = algorithms::Find(experiment.spec.algorithm->name);
  return algorithm != nullptr && algorithm->has_parents;
}

/// GetSuggestions gets its request as bytes, so that a long history need not be decoded.
using Bytes = api::Suggestion::WithRawCallbackMethod_GetSuggestions<
    api::Suggestion::WithCallbackMethod_ValidateAlgorithmSettings<api::Suggestion::Service>>;

class SuggestionService final : public Bytes {
 public:
  SuggestionService(rpc::Outbox& outbox,
                    const access::Callers& callers,
                    std::filesystem::path checkpoints)
      : outbox_(outbox), callers_(callers), checkpoints_(std::move(checkpoints)) {}

  grpc::ServerUnaryReactor* GetSuggestions(grpc::CallbackServerContext* call,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* reply) override {
    // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): gRPC's reactors own themselves
    auto* const suggesting = new rpc::UnaryCall(outbox_, *call);
    if (!suggesting->EndIfGivenUp()) {
      suggesting->End(Suggest(*call, *request, *reply), *reply);
    }
    return suggesting;
  }

  grpc::ServerUnaryReactor* ValidateAlgorithmSettings(
      grpc::CallbackServerContext* call,
      const api::ValidateAlgorithmSettingsRequest* request,
      api::ValidateAlgorithmSettingsReply* reply) override {
    return rpc::Answer(outbox_, *call, *reply, [&]() -> Status {
      HONE_RETURN_IF_ERROR(CheckCaller(*call));
      return ValidateSettings(ReadExperiment(request->experiment()));
    });
  }

 private:
  /// A request's experiment has no namespace: the role alone counts.
  Status CheckCaller(const grpc::CallbackServerContext& call) const {
    HONE_ASSIGN_OR_RETURN(const access::Caller caller, rpc::CallerOf(callers_, call));
    return caller.CheckRole(access::Role::kWrite);
  }

  Status Suggest(const grpc::CallbackServerContext& call,
                 const grpc::ByteBuffer& bytes,
                 grpc::ByteBuffer& reply) {
    HONE_RETURN_IF_ERROR(CheckCaller(call));
    grpc::Slice whole;
    if (const grpc::Status status = bytes.DumpToSingleSlice(&whole); !status.ok()) {
      return tl::unexpected<Error>(rpc::FromGrpc(status));
    }
    HONE_ASSIGN_OR_RETURN(
        const Question question,
        ReadQuestion(
            {static_cast<const char*>(static_cast<const void*>(whole.begin())), whole.size()}));
    HONE_ASSIGN_OR_RETURN(const Answer answer, sessions_.Suggest(question));
    api::GetSuggestionsReply message;
    for (std::size_t i = 0; i < answer.suggestions.size(); ++i) {
      proto::WriteSuggestion(
          answer.suggestions[i], answer.first_ordinal + i, *message.add_parameter_assignments());
    }
    HONE_RETURN_IF_ERROR(PrepareCheckpoints(*question.experiment, answer, message));
    bool owns = false;
    const grpc::Status written =
        grpc::SerializationTraits<api::GetSuggestionsReply>::Serialize(message, &reply, &owns);
    return written.ok() ? Status() : tl::unexpected<Error>(rpc::FromGrpc(written));
  }

  /// With checkpoints, a trial's folder has the trial's name, so the service names the trials.
  Status PrepareCheckpoints(const Experiment& experiment,
                            const Answer& answer,
                            api::GetSuggestionsReply& message) const {
    if (checkpoints_.empty() || !HasParents(experiment)) {
      return {};
    }
    for (std::size_t i = 0; i < answer.suggestions.size(); ++i) {
      const std::uint64_t ordinal = answer.first_ordinal + i;
      HONE_RETURN_IF_ERROR(PrepareCheckpoint(
          checkpoints_, experiment.key.name, ordinal, answer.suggestions[i].parent));
      message.mutable_parameter_assignments(static_cast<int>(i))
          ->set_trial_name(CheckpointName(experiment.key.name, ordinal));
    }
    return {};
  }

  /// The question has views of `bytes`.
  Result<Question> ReadQuestion(std::string_view bytes) {
    std::optional<RequestParts> parts = ReadParts(bytes);
    if (!parts) {
      return Fail(Code::kInvalidArgument,
                  "the request is no message of kind api.v1.beta1.GetSuggestionsRequest");
    }
    HONE_RETURN_IF_ERROR(CheckCounts(*parts));
    Question question;
    question.count = static_cast<std::size_t>(parts->current_request_number);
    question.handed_out = static_cast<std::uint64_t>(std::max<std::int64_t>(0, HandedOut(*parts)));
    question.identity = std::move(parts->experiment);
    question.experiment = sessions_.Find(question.identity);
    if (question.experiment == nullptr) {
      HONE_ASSIGN_OR_RETURN(question.experiment, DecodeExperiment(question.identity));
    }
    question.trials = std::move(parts->trials);
    question.fingerprints.reserve(question.trials.size());
    for (const std::string_view trial : question.trials) {
      question.fingerprints.push_back(FingerprintOfTrial(trial));
    }
    return question;
  }

  rpc::Outbox& outbox_;
  const access::Callers& callers_;
  const std::filesystem::path checkpoints_;
  SessionCache sessions_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeSuggestionService(rpc::Outbox& outbox,
                                                     const access::Callers& callers,
                                                     std::filesystem::path checkpoints) {
  return std::make_unique<SuggestionService>(outbox, callers, std::move(checkpoints));
}

}  // namespace hone::suggestion
