#include <memory>
#include <string>

#include "algorithms/catalogue.h"
#include "algorithms/numerics/gaussian_search.h"
#include "proto/model/observation.h"

namespace hone::algorithms {
namespace {

constexpr SettingSchema kSettings[] = {
    {.name = "base_estimator",
     .kind = SettingSchema::Kind::kChoice,
     .default_text = "GP",
     .range = "GP, RF, ET or GBRT",
     .summary = "accepted for manifests written for Katib; the model is a Gaussian process always",
     .choices = "GP|RF|ET|GBRT"},
    {.name = "n_initial_points",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "10",
     .range = "an integer >= 0",
     .summary =
         "trials that must have ended before the model is used; they follow a Sobol sequence",
     .min = 0,
     .max = 1e9},
    {.name = "acq_func",
     .kind = SettingSchema::Kind::kChoice,
     .default_text = "gp_hedge",
     .range = "gp_hedge, EI, PI, LCB, EIps or PIps",
     .summary =
         "the acquisition function: the logarithm of the expected improvement (gp_hedge, EI, EIps) "
         "or of the probability of an improvement (PI, PIps), or the confidence bound (LCB)",
     .choices = "gp_hedge|EI|PI|LCB|EIps|PIps"},
    {.name = "acq_optimizer",
     .kind = SettingSchema::Kind::kChoice,
     .default_text = "auto",
     .range = "auto, sampling or lbfgs",
     .summary = "accepted for manifests written for Katib; samples and gradients are used always",
     .choices = "auto|sampling|lbfgs"},
    kRandomState,
};

GaussianOptions ReadOptions(std::span<const Setting> settings) {
  GaussianOptions options;
  for (const Setting& setting : settings) {
    if (setting.name == "n_initial_points") {
      options.startup_trials = static_cast<std::size_t>(ParseNumber(setting.value).value_or(0));
    } else if (setting.name == "acq_func" && setting.value.starts_with("PI")) {
      options.acquisition = Acquisition::kProbability;
    } else if (setting.name == "acq_func" && setting.value == "LCB") {
      options.acquisition = Acquisition::kConfidenceBound;
    }
  }
  return options;
}

/// With so many categorical parameters a proposal takes some seconds.
constexpr std::size_t kParametersMax = 1000;

void Check(const Problem& problem, FieldErrors& errors) {
  if (problem.space.size() > kParametersMax) {
    errors.push_back({FieldError::Type::kInvalid,
                      "spec.parameters",
                      std::to_string(problem.space.size()) + " parameters",
                      "bayesianoptimization has at most " + std::to_string(kParametersMax) +
                          "; use multivariate-tpe, cmaes or auto"});
  }
}

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  return std::make_unique<GaussianSearch>(problem, ReadOptions(problem.settings));
}

}  // namespace

extern const Algorithm k_bayesianoptimization;
const Algorithm k_bayesianoptimization = {
    .name = "bayesianoptimization",
    .summary = "a Gaussian process: few, expensive trials",
    .citation =
        "Jones, Schonlau, Welch, Efficient global optimization, 1998; Ament et al., "
        "Unexpected improvements to expected improvement, 2023",
    .settings = kSettings,
    .is_adaptive = true,
    .check = Check,
    .make = Make,
};

}  // namespace hone::algorithms
