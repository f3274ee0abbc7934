// Suggester: suggests the parameters of the next trials. The interface between the controller and
// the algorithm, which runs in this process or is a service over gRPC.
#pragma once

#include <cstdint>
#include <functional>

#include "proto/core/result.h"
#include "proto/model/experiment_key.h"
#include "proto/model/suggestion.h"

namespace hone {
struct Experiment;
}

namespace hone::suggestion {

/// Called when something about the experiment may have changed. On any thread.
using WakeExperiment = std::function<void(const ExperimentKey& key)>;

class Suggester {
 public:
  virtual ~Suggester() = default;
  /// Suggestions for the trials first_ordinal, first_ordinal + 1, ... of `experiment`: `count` of
  /// them, or more if those do not depend on results; the caller may keep the surplus for later
  /// trials. Fewer if the space has ended, or if running trials have to end first. The history is
  /// the store's content at the time of the call; every trial below first_ordinal is in the store,
  /// or the caller is still to create it from earlier suggestions, if the suggester remembers
  /// those. The same call after the same history gives the same answer. Errors: kInvalidArgument if
  /// the experiment can never be served (final), kUnavailable if the call can be retried.
  [[nodiscard]] virtual Result<SuggestionBatch> Suggest(const Experiment& experiment,
                                                        std::uint64_t first_ordinal,
                                                        std::size_t count) = 0;
};

}  // namespace hone::suggestion
