#include "algorithms/algorithm.h"
#include "algorithms/numerics/tree_parzen_search.h"

namespace hone::algorithms {
extern const Algorithm k_tpe;
const Algorithm k_tpe = {
    .name = "tpe",
    .summary =
        "tree-structured Parzen estimator: looks where good trials are dense and others are not",
    .citation =
        "Bergstra, Bardenet, Bengio, Kegl, Algorithms for hyper-parameter optimization, 2011",
    .settings = TreeParzenSettings(),
    .is_adaptive = true,
    .make = MakeTreeParzenSearch,
};

}  // namespace hone::algorithms
