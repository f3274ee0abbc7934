// What services reply, read: suggestions, and the reason why there are none. Pure functions.
#pragma once

#include <string>

#include <grpcpp/support/status.h>

#include "proto/api/v1beta1/api.pb.h"
#include "proto/core/result.h"
#include "proto/core/time.h"
#include "proto/model/search_space.h"
#include "proto/model/suggestion.h"

namespace hone::suggestion {

/// The label in which the name is kept that a service gave to a trial: it knows it by no other.
inline constexpr char kTrialNameLabel[] = "hone.dev/trial-name";

/// kInvalidArgument says what is wrong with it. An empty space takes any values: only the service
/// knows what an architecture may be.
Result<Suggestion> ReadAnswer(
    const SearchSpace& space,
    const ::api::v1::beta1::GetSuggestionsReply_ParameterAssignments& message);

/// A trial that its service has named bears that name again; the label is not sent.
void TakeTrialName(::api::v1::beta1::Trial& message);

/// What went wrong with a call to `address` that had `deadline`, in words for a person.
[[nodiscard]] std::string ReasonOf(const grpc::Status& status,
                                   const std::string& address,
                                   Duration deadline);

}  // namespace hone::suggestion
