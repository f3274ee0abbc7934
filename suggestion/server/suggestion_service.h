// SuggestionService: api.v1.beta1.Suggestion with the whole catalogue, for any number of
// experiments at once. Katib's controller, or whoever speaks its protocol, asks it. Stateless to
// the caller: what is remembered only makes it quick. Callers need role write. Any thread; `outbox`
// and `callers` must outlive it.
#pragma once

#include <filesystem>
#include <memory>

#include "proto/access/callers.h"
#include "proto/rpc/outbox.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace hone::suggestion {

/// The names under which its health is asked for.
inline constexpr std::string_view kSuggestionHealth[] = {"manager.v1beta1.Suggestion",
                                                         "api.v1.beta1.Suggestion"};
/// In one call.
inline constexpr std::int32_t kSuggestionsMax = 10'000;
/// Suggestions of which no trial is known: more, and the history is not whole.
inline constexpr std::int64_t kMissingTrialsMax = 1'000'000;

/// `checkpoints` is the folder where trials have theirs, as <experiment>/<trial>: that of a trial
/// that goes on from another one is made from its parent's. Empty: trials are not named, and find
/// their parents themselves.
std::unique_ptr<grpc::Service> MakeSuggestionService(rpc::Outbox& outbox,
                                                     const access::Callers& callers,
                                                     std::filesystem::path checkpoints = {});

}  // namespace hone::suggestion
