#include <memory>

#include "algorithms/numerics/replayed_search.h"

namespace hone::algorithms {
namespace {

constexpr SettingSchema kSettings[] = {kInitialStep, kRestartState};

void Check(const Problem& problem, FieldErrors& errors) {
  CheckReplayed("bobyqa", problem.space.parameters(), errors);
}

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  return MakeReplayedSearch(NloptMethod::kBobyqa,
                            problem,
                            SettingValues(kSettings, problem.settings).Number("initial_step"));
}

}  // namespace

extern const Algorithm k_bobyqa;
const Algorithm k_bobyqa = {
    .name = "bobyqa",
    .summary = "a quadratic model in a trust region, for smooth results without noise",
    .citation =
        "Powell, The BOBYQA algorithm for bound constrained optimization without derivatives, 2009",
    .settings = kSettings,
    .is_adaptive = true,
    .check = Check,
    .make = Make,
};

}  // namespace hone::algorithms
