#include <memory>

#include "algorithms/numerics/replayed_search.h"

namespace hone::algorithms {
namespace {

constexpr SettingSchema kSettings[] = {kInitialStep, kRestartState};

void Check(const Problem& problem, FieldErrors& errors) {
  CheckReplayed("sbplx", problem.space.parameters(), errors);
}

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  return MakeReplayedSearch(NloptMethod::kSbplx,
                            problem,
                            SettingValues(kSettings, problem.settings).Number("initial_step"));
}

}  // namespace

extern const Algorithm k_sbplx;
const Algorithm k_sbplx = {
    .name = "sbplx",
    .summary =
        "Nelder-Mead in subspaces: Rowan's Subplex as NLopt has it, for more parameters or a "
        "little noise",
    .citation = "Rowan, Functional stability analysis of numerical algorithms, 1990",
    .settings = kSettings,
    .is_adaptive = true,
    .check = Check,
    .make = Make,
};

}  // namespace hone::algorithms
