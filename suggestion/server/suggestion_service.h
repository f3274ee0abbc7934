// SuggestionService: api.v1.beta1.Suggestion with the whole catalogue, for any number of
// experiments at once, for Katib's controller and other clients of its protocol. Stateless to the
// caller: its cache only makes it faster. Callers need role write. Any thread; `outbox` and
// `callers` must outlive it.
#pragma once

#include <filesystem>
#include <memory>

#include "proto/access/callers.h"
#include "proto/rpc/outbox.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace hone::suggestion {

/// The service names that health checks ask for.
inline constexpr std::string_view kSuggestionHealth[] = {"manager.v1beta1.Suggestion",
                                                         "api.v1.beta1.Suggestion"};
/// The most suggestions in one call.
inline constexpr std::int32_t kSuggestionsMax = 10'000;
/// The most suggestions without a known trial; with more, the history is incomplete.
inline constexpr std::int64_t kMissingTrialsMax = 1'000'000;

/// `checkpoints` is the folder of the trials' checkpoints, <experiment>/<trial>: the folder of a
/// trial that goes on from another one is copied from its parent's. Empty: the service does not
/// name trials, and they find their parents' checkpoints themselves.
std::unique_ptr<grpc::Service> MakeSuggestionService(rpc::Outbox& outbox,
                                                     const access::Callers& callers,
                                                     std::filesystem::path checkpoints = {});

}  // namespace hone::suggestion
