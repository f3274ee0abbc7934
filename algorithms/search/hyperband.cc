#include <memory>

#include "algorithms/algorithm.h"
#include "algorithms/numerics/fidelity_search.h"
#include "algorithms/numerics/hyperband_schedule.h"

namespace hone::algorithms {
namespace {

constexpr SettingSchema kSettings[] = {kResourceName,
                                       kMaximumResource,
                                       kMinimumResource,
                                       kEta,
                                       kRandomState,
                                       KatibStateSetting("s_max"),
                                       KatibStateSetting("b_l"),
                                       KatibStateSetting("r"),
                                       KatibStateSetting("n"),
                                       KatibStateSetting(kKatibState),
                                       KatibStateSetting("current_i"),
                                       KatibStateSetting("evaluating_trials")};

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  FieldErrors errors;
  auto ladder = ResourceLadder::Make(problem, errors);
  HONE_CHECK(ladder.has_value());
  auto schedule = std::make_unique<HyperbandSchedule>(
      ladder->eta(), ladder->levels().size(), problem.max_trials);
  return std::make_unique<FidelitySearch>(problem, *std::move(ladder), std::move(schedule));
}

}  // namespace

extern const Algorithm k_hyperband;
const Algorithm k_hyperband = {
    .name = "hyperband",
    .summary =
        "many random configurations with little of a resource, the best of them with more, "
        "in brackets that start with more and more",
    .citation =
        "Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar, Hyperband: a novel bandit-based "
        "approach to hyperparameter optimization, 2018",
    .settings = kSettings,
    .is_adaptive = true,
    .has_parents = true,
    .check = CheckLadder,
    .make = Make,
};

}  // namespace hone::algorithms
