// Ending: whether an experiment has come to its end, why, and whether one that has is to go on.
// Pure.
#pragma once

#include <optional>
#include <string>

#include "controller/decide/decide.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// The annotation that says when somebody wanted an experiment to go on that had ended: RFC 3339.
inline constexpr const char* kResumedAnnotation = "hone.dev/resumed";

struct Ending {
  bool has_succeeded = false;
  std::string reason;
  std::string message;
};

/// Why the experiment of `view` ends now, if it does; `status` and `alike` take in the trials that
/// end in this pass.
[[nodiscard]] std::optional<Ending> FindEnding(const ExperimentView& view,
                                               const ExperimentStatus& status,
                                               const AlikeFailures& alike);

/// When somebody wanted it to go on last; zero if nobody did.
[[nodiscard]] Time ResumedAt(const Experiment& experiment);

/// True if an experiment that has ended is to go on: somebody has resumed it since, or it ended
/// because its trials were used up and it may have more now.
[[nodiscard]] bool IsToGoOn(const Experiment& experiment);

}  // namespace hone::controller
