#include <memory>

#include "algorithms/numerics/replayed_search.h"

namespace hone::algorithms {
namespace {

constexpr SettingSchema kSettings[] = {kInitialStep, kRestartState};

void Check(const Problem& problem, FieldErrors& errors) {
  CheckReplayed("nelder-mead", problem.space.parameters(), errors);
}

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  return MakeReplayedSearch(NloptMethod::kNelderMead,
                            problem,
                            SettingValues(kSettings, problem.settings).Number("initial_step"));
}

}  // namespace

extern const Algorithm k_nelder_mead;
const Algorithm k_nelder_mead = {
    .name = "nelder-mead",
    .summary =
        "a simplex that walks downhill and shrinks, for few numeric parameters and results without "
        "noise",
    .citation = "Nelder, Mead, A simplex method for function minimization, 1965",
    .settings = kSettings,
    .is_adaptive = true,
    .check = Check,
    .make = Make,
};

}  // namespace hone::algorithms
