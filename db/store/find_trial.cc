#include "db/store/find_trial.h"

#include <utility>
#include <vector>

namespace hone::db {

Result<std::optional<Trial>> FindTrial(Store& store,
                                       const ExperimentKey& experiment,
                                       std::uint64_t ordinal) {
  if (ordinal == 0) {
    return std::nullopt;
  }
  HONE_ASSIGN_OR_RETURN(
      std::vector<Trial> found,
      store.ListTrials({.experiment = experiment, .after_ordinal = ordinal - 1, .limit = 1}));
  const bool is_there = !found.empty() && found.front().ordinal == ordinal;
  return is_there ? std::optional(std::move(found.front())) : std::nullopt;
}

}  // namespace hone::db
