// Reads the replies of services: suggestions, and the reason why there are none. Pure functions.
#pragma once

#include <string>

#include <grpcpp/support/status.h>

#include "proto/api/v1beta1/api.pb.h"
#include "proto/core/result.h"
#include "proto/core/time.h"
#include "proto/model/search_space.h"
#include "proto/model/suggestion.h"

namespace hone::suggestion {

/// The label that stores the name which a service gave to a trial: the service knows the trial by
/// that name only.
inline constexpr char kTrialNameLabel[] = "hone.dev/trial-name";

/// Error: kInvalidArgument, which says what is wrong with the message. An empty space accepts any
/// values: only the service knows which architectures are valid.
Result<Suggestion> ReadAnswer(
    const SearchSpace& space,
    const ::api::v1::beta1::GetSuggestionsReply_ParameterAssignments& message);

/// Restores the name that its service gave to a trial; the label itself is not sent.
void TakeTrialName(::api::v1::beta1::Trial& message);

/// The reason why a call to `address` with `deadline` failed, as a text for users.
[[nodiscard]] std::string ReasonOf(const grpc::Status& status,
                                   const std::string& address,
                                   Duration deadline);

}  // namespace hone::suggestion
