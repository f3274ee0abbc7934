#include "suggestion/client/reply_reader.h"

#include <utility>

#include "proto/model/observation.h"
#include "suggestion/client/answer_check.h"

namespace hone::suggestion {
namespace {

namespace api = ::api::v1::beta1;

constexpr int kLabelsMax = 64;
/// The largest size of a label: its name and its value.
constexpr std::size_t kLabelBytesMax = 4096;
/// The longest name of a Kubernetes object: Katib names its trials so.
constexpr std::size_t kTrialNameMax = 253;

Status ReadLabels(const api::GetSuggestionsReply_ParameterAssignments& message,
                  Suggestion& suggestion) {
  if (message.labels_size() > kLabelsMax) {
    return Fail(Code::kInvalidArgument,
                "gave " + std::to_string(message.labels_size()) + " labels, more than " +
                    std::to_string(kLabelsMax));
  }
  for (const auto& [name, value] : message.labels()) {
    if (name.size() + value.size() > kLabelBytesMax) {
      return Fail(Code::kInvalidArgument,
                  "gave a label of " + std::to_string(name.size() + value.size()) +
                      " bytes, more than " + std::to_string(kLabelBytesMax));
    }
    suggestion.labels[name] = value;
  }
  return {};
}

/// The end of gRPC's message is the system's own error text: "...: Connection refused".
std::string LastWords(const std::string& message) {
  const std::size_t colon = message.rfind(": ");
  return colon == std::string::npos ? message : message.substr(colon + 2);
}

}  // namespace

Result<Suggestion> ReadAnswer(const SearchSpace& space,
                              const api::GetSuggestionsReply_ParameterAssignments& message) {
  Assignments given;
  for (const api::ParameterAssignment& assignment : message.assignments()) {
    given.push_back({assignment.name(), assignment.value()});
  }
  Suggestion suggestion;
  if (space.size() == 0) {
    suggestion.assignments = std::move(given);
  } else {
    HONE_ASSIGN_OR_RETURN(suggestion.assignments, CheckAnswer(space, given));
  }
  HONE_RETURN_IF_ERROR(ReadLabels(message, suggestion));
  if (message.trial_name().size() > kTrialNameMax) {
    return Fail(Code::kInvalidArgument,
                "gave a trial_name of " + std::to_string(message.trial_name().size()) +
                    " bytes, more than " + std::to_string(kTrialNameMax));
  }
  if (!message.trial_name().empty()) {
    suggestion.labels[kTrialNameLabel] = message.trial_name();
  }
  return suggestion;
}

void TakeTrialName(api::Trial& message) {
  auto& labels = *message.mutable_spec()->mutable_labels();
  const auto name = labels.find(kTrialNameLabel);
  if (name != labels.end()) {
    message.set_name(name->second);
    labels.erase(name);
  }
}

std::string ReasonOf(const grpc::Status& status, const std::string& address, Duration deadline) {
  const std::string& message = status.error_message();
  const bool is_away = message.starts_with("failed to connect to all addresses") ||
                       message.starts_with("DNS resolution failed");
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE && is_away) {
    return "cannot connect to " + address + " (" + LastWords(message) + ")";
  }
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return "no answer from " + address + " within " +
           FormatNumber(std::chrono::duration<double>(deadline).count()) + " seconds";
  }
  return message.empty() ? "gRPC's status " + std::to_string(status.error_code()) : message;
}

}  // namespace hone::suggestion
