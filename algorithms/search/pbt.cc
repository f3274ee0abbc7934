#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "algorithms/catalogue.h"
#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/observation_delta.h"
#include "algorithms/numerics/pbt_population.h"
#include "algorithms/numerics/trial_rank.h"
#include "algorithms/numerics/unseen_points.h"
#include "proto/core/result.h"

namespace hone::algorithms {
namespace {

/// Number of draws that may hit a taken point of a finite space before the next free one is used.
constexpr std::uint32_t kAttemptsMax = 16;
/// Jaderberg et al. 2017, section 4.1.2: perturb.
constexpr double kShrink = 0.8;
constexpr double kGrow = 1.2;
/// Zero cannot be multiplied: it moves by this share of the range instead.
constexpr double kShareOfRange = 0.05;
constexpr double kResampleProbability = 0.25;

/// A number times 0.8 or 1.2, at least the next legal value; in a list, a neighbouring value.
double Perturb(const Parameter& parameter, double value, bool up) {
  if (parameter.IsList()) {
    return parameter.Snap(value + (up ? 1 : -1));
  }
  const double scaled = parameter.Snap(value * (up ? kGrow : kShrink));
  if (scaled != value) {
    return scaled;
  }
  const double step =
      parameter.step > 0 ? parameter.step : kShareOfRange * (parameter.high - parameter.low);
  return parameter.Snap(up ? value + step : value - step);
}

class PbtSearch final : public SearchAlgorithm {
 public:
  PbtSearch(const Problem& problem, const PbtOptions& options)
      : seed_(problem.seed),
        resample_(NumberOf(problem.settings, "resample_probability", kResampleProbability)),
        unseen_(problem.space, problem.seed),
        population_(options) {}

  void Observe(std::span<const ObservedTrial> trials) override { delta_.Add(trials); }

  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) override {
    delta_.Tell([this](const ObservedTrial& trial) { Start(trial); },
                [this](const ObservedTrial& trial) {
                  population_.End(trial.ordinal, CompleteValueOf(trial));
                });
    const std::size_t running = population_.running();
    Proposals proposals = Plan(first_ordinal, count);
    proposals.space_ended = proposals.list.empty() && count > 0 && running == 0;
    return proposals;
  }

 private:
  void Start(const ObservedTrial& trial) {
    if (points_.try_emplace(trial.ordinal, trial.point).second) {
      population_.Start(trial.ordinal, trial.parent);
      unseen_.Observe({&trial, 1});
    }
  }

  /// Planned trials count as started only within this call, because a proposal may be lost.
  Proposals Plan(std::uint64_t first_ordinal, std::size_t count) {
    Proposals proposals;
    std::vector<std::size_t> anew;
    std::uint64_t room = unseen_.left();
    while (proposals.list.size() < count) {
      const std::uint64_t ordinal = first_ordinal + proposals.list.size();
      CounterRandom random(seed_, ordinal);
      const PbtStep step = population_.Next(room > 0, random.Uniform());
      if (step.kind == PbtStep::Kind::kWait) {
        break;
      }
      if (step.kind == PbtStep::Kind::kNew) {
        anew.push_back(proposals.list.size());
        --room;
      }
      proposals.list.push_back(ProposalFor(step, random));
      population_.Start(ordinal, step.parent);
    }
    for (std::size_t i = proposals.list.size(); i-- > 0;) {
      population_.Withdraw(first_ordinal + i);
    }
    FillNew(first_ordinal, anew, proposals);
    return proposals;
  }

  Proposal ProposalFor(const PbtStep& step, CounterRandom& random) const {
    if (step.kind == PbtStep::Kind::kNew) {
      return {};
    }
    const Point& from = points_.at(step.parent);
    return {step.kind == PbtStep::Kind::kExploited ? Explore(from, random) : from,
            step.parent,
            {Provenance::Origin::kAdvanced}};
  }

  Point Explore(Point point, CounterRandom& random) const {
    const auto& parameters = unseen_.space().parameters();
    for (std::size_t i = 0; i < point.size(); ++i) {
      const bool resamples = random.Uniform() < resample_;
      const double uniform = random.Uniform();
      if (!unseen_.space().IsActive(point, i)) {
        point[i] = std::numeric_limits<double>::quiet_NaN();
      } else if (resamples || std::isnan(point[i])) {
        point[i] = parameters[i].Quantile(uniform);
      } else {
        point[i] = Perturb(parameters[i], point[i], uniform < 0.5);
      }
    }
    return point;
  }

  void FillNew(std::uint64_t first_ordinal,
               const std::vector<std::size_t>& places,
               Proposals& proposals) {
    Proposals drawn = unseen_.Propose(
        0, places.size(), kAttemptsMax, [&](std::uint64_t index, std::uint32_t attempt) {
          return Proposal{
              RandomPoint(unseen_.space(), seed_, first_ordinal + places[index], attempt),
              0,
              {Provenance::Origin::kStartup}};
        });
    HONE_CHECK(drawn.list.size() == places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
      proposals.list[places[i]] = std::move(drawn.list[i]);
    }
  }

  std::uint64_t seed_;
  double resample_;
  UnseenPoints unseen_;
  PbtPopulation population_;
  ObservationDelta delta_;
  std::unordered_map<std::uint64_t, Point> points_;
};

constexpr SettingSchema kSettings[] = {
    {.name = "n_population",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "20",
     .range = "an integer >= 2",
     .summary = "members of the population; never fewer than trials run at a time",
     .min = 2,
     .max = 10'000},
    {.name = "truncation_threshold",
     .kind = SettingSchema::Kind::kFloat,
     .default_text = "0.2",
     .range = "a number in [0, 1]",
     .summary = "the share of a generation that is replaced, each by a copy of one of as large a "
                "share of the best",
     .min = 0,
     .max = 1},
    {.name = "resample_probability",
     .kind = SettingSchema::Kind::kFloat,
     .default_text = "0.25",
     .range = "a number in [0, 1]",
     .summary = "the probability that a parameter of a copy is drawn anew instead of multiplied by "
                "0.8 or 1.2 (in a list: moved to a neighbour)",
     .min = 0,
     .max = 1},
    {.name = "suggestion_trial_dir",
     .kind = SettingSchema::Kind::kText,
     .range = "an absolute path",
     .summary = "the folder in which the trial's command finds its checkpoint; HONE_CHECKPOINT_DIR "
                "holds it too"},
    kRandomState,
};

void Check(const Problem& problem, FieldErrors& errors) {
  const std::string* const folder = FindSetting(problem.settings, "suggestion_trial_dir");
  if (folder != nullptr && (folder->front() != '/' || *folder == "/")) {
    errors.push_back({FieldError::Type::kInvalid,
                      "spec.algorithm.algorithmSettings",
                      *folder,
                      "suggestion_trial_dir must be an absolute path of a folder"});
  }
}

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  PbtOptions options;
  const double members =
      NumberOf(problem.settings, "n_population", static_cast<double>(options.members));
  // With at least as many members as parallel trials, no worker has to wait.
  options.members = std::max(static_cast<std::uint64_t>(members), problem.parallel_trials);
  options.truncation = NumberOf(problem.settings, "truncation_threshold", options.truncation);
  return std::make_unique<PbtSearch>(problem, options);
}

}  // namespace

extern const Algorithm k_pbt;
const Algorithm k_pbt = {
    .name = "pbt",
    .summary =
        "population based training: members train side by side; the worst go on from the "
        "checkpoints of the best, with other hyperparameters",
    .citation =
        "Jaderberg, Dalibard, Osindero, et al., Population based training of neural "
        "networks, 2017",
    .settings = kSettings,
    .is_adaptive = true,
    .has_parents = true,
    .check = Check,
    .make = Make,
};

}  // namespace hone::algorithms
