// Conversation: the exchange between one experiment and the service of its algorithm. It keeps the
// history as a message that grows, and has at most one call under way. Belongs to ServiceSuggester,
// whose lock guards the fields that calls use.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include <grpcpp/alarm.h>
#include <grpcpp/client_context.h>

#include "proto/api/v1beta1/api.grpc.pb.h"
#include "proto/model/search_space.h"

namespace hone::suggestion {

struct Conversation {
  /// kIdle: no call is under way. kAsking: a call is. kAnswered: the call has ended, and its result
  /// has not been read. kResting: back-off after a failure. kRested: the back-off is over.
  enum class State { kIdle, kAsking, kAnswered, kResting, kRested };

  ExperimentKey key;
  std::string uid;
  std::int64_t generation = 0;
  SearchSpace space;
  std::unique_ptr<::api::v1::beta1::Suggestion::Stub> stub;
  /// The algorithm's name in experiments.
  std::string algorithm;
  std::string address;
  Duration deadline{};
  /// How many suggestions to ask for before a slot is free.
  std::size_t ask_early = 0;
  /// "Bearer ...", or "".
  std::string authorization;

  /// The history, and the index of each trial in it.
  ::api::v1::beta1::GetSuggestionsRequest request;
  ::api::v1::beta1::ValidateAlgorithmSettingsRequest settings;
  std::unordered_map<std::uint64_t, int> places;
  std::uint64_t cursor = 0;
  /// The last trial whose suggestion changed the algorithm's settings.
  std::uint64_t settings_ordinal = 0;

  State state = State::kIdle;
  /// True once the service has accepted the settings.
  bool is_validated = false;
  std::uint64_t first_ordinal = 0;
  std::size_t count = 0;
  /// The number of ended trials when the question was asked.
  std::int64_t completed = 0;
  int failures = 0;
  std::unique_ptr<grpc::ClientContext> call;
  grpc::Alarm alarm;
  ::api::v1::beta1::GetSuggestionsReply reply;
  ::api::v1::beta1::ValidateAlgorithmSettingsReply nothing;
  grpc::Status status;
};

}  // namespace hone::suggestion
