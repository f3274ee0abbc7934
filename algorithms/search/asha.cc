#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "algorithms/catalogue.h"
#include "algorithms/numerics/asha_schedule.h"
#include "algorithms/numerics/fidelity_search.h"

namespace hone::algorithms {
namespace {

constexpr SettingSchema kSettings[] = {
    kResourceName,
    kMaximumResource,
    kMinimumResource,
    kEta,
    {.name = "brackets",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "1",
     .range = "an integer from 1 to 40, less than the number of rungs",
     .summary = "number of brackets, each starting a rung higher than the one before; they share "
                "the resource equally",
     .min = 1,
     .max = ResourceLadder::kLevelsMax},
    kRandomState,
};

std::size_t BracketsOf(const Problem& problem) {
  return static_cast<std::size_t>(NumberOf(problem.settings, "brackets", 1));
}

void Check(const Problem& problem, FieldErrors& errors) {
  const auto ladder = ResourceLadder::Make(problem, errors);
  // A bracket that starts on the last rung would never advance a trial.
  if (ladder && BracketsOf(problem) >= ladder->levels().size()) {
    errors.push_back({FieldError::Type::kInvalid,
                      "spec.algorithm.algorithmSettings",
                      std::to_string(BracketsOf(problem)),
                      "brackets must be at most " + std::to_string(ladder->levels().size() - 1) +
                          ", one less than the number of rungs"});
  }
}

/// The lowest rung from which the trials of `problem` suffice to bring one trial to the top: of eta
/// trials one advances, and while a rung fills up all other workers begin new configurations.
std::size_t LowestRung(double eta, std::size_t rungs, const Problem& problem) {
  double trials = 1;
  double at_the_lowest = 1;
  std::size_t lowest = rungs - 1;
  while (lowest > 0) {
    at_the_lowest = std::ceil(eta * at_the_lowest - 1e-9);
    trials += at_the_lowest + static_cast<double>(problem.parallel_trials) - 1;
    if (problem.max_trials && trials > static_cast<double>(*problem.max_trials)) {
      break;
    }
    --lowest;
  }
  return lowest;
}

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  FieldErrors errors;
  auto ladder = ResourceLadder::Make(problem, errors);
  HONE_CHECK(ladder.has_value());
  ladder->DropLevels(LowestRung(ladder->eta(), ladder->levels().size(), problem));
  const std::size_t brackets_max = std::max<std::size_t>(ladder->levels().size(), 2) - 1;
  auto schedule = std::make_unique<AshaSchedule>(
      ladder->eta(), ladder->levels(), std::min(BracketsOf(problem), brackets_max));
  return std::make_unique<FidelitySearch>(problem, *std::move(ladder), std::move(schedule));
}

}  // namespace

extern const Algorithm k_asha;
const Algorithm k_asha = {
    .name = "asha",
    .summary =
        "asynchronous successive halving: a trial among the best of its rung goes on with more of "
        "a resource, and no trial waits for another",
    .citation =
        "Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht, Talwalkar, A system "
        "for massively parallel hyperparameter tuning, 2020",
    .settings = kSettings,
    .is_adaptive = true,
    .has_parents = true,
    .check = Check,
    .make = Make,
};

}  // namespace hone::algorithms
