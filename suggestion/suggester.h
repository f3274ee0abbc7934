// Suggester: what next? The seam between the controller and whoever knows the algorithm: the engine
// in this process, or a service over gRPC.
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

/// Something about the experiment may have changed. Called on any thread.
using WakeExperiment = std::function<void(const ExperimentKey& key)>;

class Suggester {
 public:
  virtual ~Suggester() = default;
  /// Suggestions for the trials first_ordinal, first_ordinal + 1, ... of `experiment`: `count` of
  /// them, or more if those do not depend on results; whoever asks may keep these for later. Fewer
  /// if the space has ended, or if what runs has to end first. The
  /// history is what the store holds when the call is made; every trial below first_ordinal is in
  /// it, or is still to be created from suggestions that a suggester who remembers them has given.
  /// The same call after the same history gives the same answer. Errors: kInvalidArgument if the
  /// experiment can never be served (final), kUnavailable if it is worth another try.
  [[nodiscard]] virtual Result<SuggestionBatch> Suggest(const Experiment& experiment,
                                                        std::uint64_t first_ordinal,
                                                        std::size_t count) = 0;
};

}  // namespace hone::suggestion
