// Ending: whether and why an experiment ends, and whether an ended one is to go on. Pure.
#pragma once

#include <optional>
#include <string>

#include "controller/decide/decide.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// The annotation with the time at which a user resumed an experiment that had ended: RFC 3339.
inline constexpr const char* kResumedAnnotation = "hone.dev/resumed";

struct Ending {
  bool has_succeeded = false;
  std::string reason;
  std::string message;
};

/// Why the experiment of `view` ends now, if it does; `status` and `alike` include the trials that
/// end in this pass.
[[nodiscard]] std::optional<Ending> FindEnding(const ExperimentView& view,
                                               const ExperimentStatus& status,
                                               const AlikeFailures& alike);

/// When a user resumed it last; zero if never.
[[nodiscard]] Time ResumedAt(const Experiment& experiment);

/// True if an experiment that has ended is to go on: a user has resumed it since, or it ended
/// because it had used up maxTrialCount and the count has been raised.
[[nodiscard]] bool IsToGoOn(const Experiment& experiment);

/// True if a controller has something to do for an experiment: it has a template, and is not at
/// rest.
[[nodiscard]] bool WantsControl(const Experiment& experiment);

}  // namespace hone::controller
