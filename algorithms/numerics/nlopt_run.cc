#include "algorithms/numerics/nlopt_run.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <nlopt.h>

#include "proto/core/result.h"

namespace hone::algorithms {
namespace {

struct Asker {
  const NloptValue& value;
  nlopt_opt search = nullptr;
  /// A method may ask for one more value before it notices the stop.
  bool has_stopped = false;
};

double Ask(unsigned size, const double* x, double* /*gradient*/, void* context) {
  Asker& asker = *static_cast<Asker*>(context);
  const std::span<const double> point(x, size);
  // BOBYQA asks for NaN when its model of the function has broken down.
  const bool is_sound =
      std::all_of(point.begin(), point.end(), [](double u) { return std::isfinite(u); });
  if (is_sound && !asker.has_stopped) {
    if (const auto value = asker.value(point)) {
      return *value;
    }
  }
  asker.has_stopped = true;
  nlopt_force_stop(asker.search);
  return 0;
}

nlopt_algorithm ToNlopt(NloptMethod method) {
  switch (method) {
    case NloptMethod::kDirect:
      return NLOPT_GN_DIRECT_L;
    case NloptMethod::kBobyqa:
      return NLOPT_LN_BOBYQA;
    case NloptMethod::kNelderMead:
      return NLOPT_LN_NELDERMEAD;
    case NloptMethod::kSbplx:
      return NLOPT_LN_SBPLX;
  }
  HONE_CHECK(false);
}

}  // namespace

void RunNlopt(NloptMethod method,
              const NloptStart& start,
              std::size_t evaluations_max,
              const NloptValue& value) {
  const auto size = static_cast<unsigned>(start.center.size());
  const std::unique_ptr<nlopt_opt_s, decltype(&nlopt_destroy)> search(
      nlopt_create(ToNlopt(method), size), nlopt_destroy);
  HONE_CHECK(search != nullptr);
  Asker asker{value, search.get()};
  std::vector<double> low(size, 0);
  std::vector<double> high(size, 1);
  for (std::size_t i = 0; i < size && method == NloptMethod::kDirect; ++i) {
    low[i] = std::max(start.center[i] - start.step, 0.0);
    high[i] = std::min(start.center[i] + start.step, 1.0);
  }
  nlopt_set_lower_bounds(search.get(), low.data());
  nlopt_set_upper_bounds(search.get(), high.data());
  nlopt_set_min_objective(search.get(), Ask, &asker);
  nlopt_set_initial_step1(search.get(), start.step);
  nlopt_set_xtol_abs1(search.get(), kNloptTolerance);
  nlopt_set_maxeval(search.get(), static_cast<int>(evaluations_max));
  std::vector<double> point = start.center;
  double least = 0;
  nlopt_optimize(search.get(), point.data(), &least);
}

}  // namespace hone::algorithms
