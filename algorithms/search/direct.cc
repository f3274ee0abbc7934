#include <memory>

#include "algorithms/numerics/replayed_search.h"

namespace hone::algorithms {
namespace {

/// The box extends this far to both sides of its center.
constexpr double kWholeRange = 0.5;

constexpr SettingSchema kSettings[] = {kRestartState};

void Check(const Problem& problem, FieldErrors& errors) {
  CheckReplayed("direct", problem.space.parameters(), errors);
}

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  return MakeReplayedSearch(NloptMethod::kDirect, problem, kWholeRange);
}

}  // namespace

extern const Algorithm k_direct;
const Algorithm k_direct = {
    .name = "direct",
    .summary =
        "divides the space into boxes, ever finer where the results are good: global, for few "
        "numeric parameters",
    .citation = "Gablonsky, Kelley, A locally-biased form of the DIRECT algorithm, 2001",
    .settings = kSettings,
    .is_adaptive = true,
    .check = Check,
    .make = Make,
};

}  // namespace hone::algorithms
