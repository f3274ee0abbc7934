#include "algorithms/algorithm.h"
#include "algorithms/numerics/tree_parzen_search.h"

namespace hone::algorithms {
extern const Algorithm k_multivariate_tpe;
const Algorithm k_multivariate_tpe = {
    .name = "multivariate-tpe",
    .summary = "the same search as tpe, under the name that Katib has for the joint model",
    .citation =
        "Falkner, Klein, Hutter, BOHB: robust and efficient hyperparameter optimization, 2018",
    .settings = TreeParzenSettings(),
    .is_adaptive = true,
    .make = MakeTreeParzenSearch,
};

}  // namespace hone::algorithms
