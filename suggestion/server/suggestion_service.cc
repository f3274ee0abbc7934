#include "suggestion/server/suggestion_service.h"

#include <algorithm>
#include <string>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "proto/api/v1beta1/api.grpc.pb.h"
#include "proto/api/v1beta1/encoded.pb.h"
#include "proto/rpc/status.h"
#include "proto/wire/api.h"
#include "suggestion/server/study_shelf.h"
#include "suggestion/server/trial_sum.h"
#include "suggestion/server/validation.h"

namespace hone::suggestion {
namespace {

namespace api = ::api::v1::beta1;

Experiment ReadExperiment(const api::Experiment& message) {
  Experiment experiment = proto::ReadExperiment(message);
  // Of what is sent the name alone stays the same: the seed follows from it.
  experiment.uid = experiment.key.name;
  AddResource(experiment);
  return experiment;
}

/// How many suggestions the caller has got. Negative if the counts contradict each other.
std::int64_t HandedOut(const encoded::GetSuggestionsRequest& request) {
  return std::int64_t{request.total_request_number()} - request.current_request_number();
}

Status CheckCounts(const encoded::GetSuggestionsRequest& request) {
  const std::int64_t count = request.current_request_number();
  if (count < 0 || count > kSuggestionsMax) {
    return Fail(Code::kInvalidArgument,
                "current_request_number: is " + std::to_string(count) + ", must be from 0 to " +
                    std::to_string(kSuggestionsMax));
  }
  const std::int64_t missing = HandedOut(request) - request.trials_size();
  if (missing > kMissingTrialsMax) {
    return Fail(Code::kInvalidArgument,
                "total_request_number: there would be " + std::to_string(missing) +
                    " suggestions whose trials are not in the request, more than " +
                    std::to_string(kMissingTrialsMax));
  }
  return {};
}

Result<Question> ReadQuestion(encoded::GetSuggestionsRequest& request) {
  HONE_RETURN_IF_ERROR(CheckCounts(request));
  Question question;
  question.experiment = ReadExperiment(request.experiment());
  HONE_RETURN_IF_ERROR(ValidateSearch(question.experiment));
  if (question.experiment.spec.objective->type == ObjectiveType::kUnset) {
    return Fail(Code::kInvalidArgument, "spec.objective.type: must be MINIMIZE or MAXIMIZE");
  }
  question.identity = request.experiment().SerializeAsString();
  question.count = static_cast<std::size_t>(request.current_request_number());
  question.handed_out = static_cast<std::uint64_t>(std::max<std::int64_t>(0, HandedOut(request)));
  question.trials.reserve(static_cast<std::size_t>(request.trials_size()));
  question.sums.reserve(question.trials.capacity());
  for (std::string& trial : *request.mutable_trials()) {
    question.sums.push_back(SumOfTrial(trial));
    question.trials.push_back(std::move(trial));
  }
  return question;
}

/// GetSuggestions comes as bytes, so that a long history need not be decoded.
using Bytes = api::Suggestion::WithRawCallbackMethod_GetSuggestions<
    api::Suggestion::WithCallbackMethod_ValidateAlgorithmSettings<api::Suggestion::Service>>;

class SuggestionService final : public Bytes {
 public:
  explicit SuggestionService(const rpc::Gate& gate) : gate_(gate) {}

  grpc::ServerUnaryReactor* GetSuggestions(grpc::CallbackServerContext* call,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* reply) override {
    grpc::ServerUnaryReactor* const reactor = call->DefaultReactor();
    reactor->Finish(Suggest(*call, *request, *reply));
    return reactor;
  }

  grpc::ServerUnaryReactor* ValidateAlgorithmSettings(
      grpc::CallbackServerContext* call,
      const api::ValidateAlgorithmSettingsRequest* request,
      api::ValidateAlgorithmSettingsReply* /*reply*/) override {
    grpc::ServerUnaryReactor* const reactor = call->DefaultReactor();
    grpc::Status status = gate_.Admit(*call);
    if (status.ok()) {
      status = rpc::ToGrpc(ValidateSettings(ReadExperiment(request->experiment())));
    }
    reactor->Finish(status);
    return reactor;
  }

 private:
  grpc::Status Suggest(const grpc::ServerContextBase& call,
                       const grpc::ByteBuffer& bytes,
                       grpc::ByteBuffer& reply) {
    if (grpc::Status status = gate_.Admit(call); !status.ok()) {
      return status;
    }
    grpc::ByteBuffer copy = bytes;  // counted references, not the bytes
    encoded::GetSuggestionsRequest request;
    grpc::ProtoBufferReader reader(&copy);
    if (!reader.status().ok() || !request.ParseFromZeroCopyStream(&reader)) {
      return {grpc::StatusCode::INVALID_ARGUMENT,
              "the request is no message of kind api.v1.beta1.GetSuggestionsRequest"};
    }
    const Result<Question> question = ReadQuestion(request);
    const Result<Answer> answer =
        question ? shelf_.Suggest(*question) : tl::unexpected<Error>(question.error());
    if (!answer) {
      return rpc::ToGrpc(answer.error());
    }
    api::GetSuggestionsReply message;
    for (std::size_t i = 0; i < answer->suggestions.size(); ++i) {
      proto::WriteSuggestion(
          answer->suggestions[i], answer->first_ordinal + i, *message.add_parameter_assignments());
    }
    bool owns = false;
    return grpc::SerializationTraits<api::GetSuggestionsReply>::Serialize(message, &reply, &owns);
  }

  const rpc::Gate& gate_;
  StudyShelf shelf_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeSuggestionService(const rpc::Gate& gate) {
  return std::make_unique<SuggestionService>(gate);
}

}  // namespace hone::suggestion
