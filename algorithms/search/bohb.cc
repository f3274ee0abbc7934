#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "algorithms/catalogue.h"
#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/fidelity_search.h"
#include "algorithms/numerics/hyperband_schedule.h"
#include "algorithms/numerics/tree_parzen_search.h"
#include "algorithms/numerics/trial_rank.h"

namespace hone::algorithms {
namespace {

/// The stream of random numbers that decide between model and random points.
constexpr std::uint32_t kChoiceAttempt = 0xFFFFFFFF;
/// Each attempt at a point has its own ordinal in the model.
constexpr unsigned kAttemptShift = 40;
constexpr double kRandomFraction = 1.0 / 3;

/// Falkner et al. 2018, section 3.2: number of candidates, and the share that counts as the best.
constexpr TreeParzenOptions kModelOptions = {.startup_trials = 0,
                                             .candidates = 64,
                                             .gamma = 0.15,
                                             .prior_weight = 1};

/// Hyperband whose new configurations come from a model of the highest level with enough results.
class BohbSearch final : public FidelitySearch {
 public:
  BohbSearch(const Problem& problem,
             const ResourceLadder& ladder,
             std::unique_ptr<HalvingSchedule> schedule)
      : FidelitySearch(problem, ladder, std::move(schedule)),
        random_fraction_(NumberOf(problem.settings, "random_fraction", kRandomFraction)),
        enough_(CountVaried(problem.space, ladder.parameter()) + 2),
        results_(ladder.levels().size()) {
    Problem at_level = problem;
    for (std::size_t level = 0; level < results_.size(); ++level) {
      at_level.space = SpaceAt(level);
      models_.push_back(std::make_unique<TreeParzenSearch>(at_level, kModelOptions));
    }
  }

 protected:
  void Learn(const ObservedTrial& trial, std::size_t level) override {
    models_[level]->Observe({&trial, 1});
    if (trial.outcome != Outcome::kRunning) {
      ++results_[level].ended;
      results_[level].has_value |= !RankOf(trial).HasFailed();
    }
  }

  Proposal Draw(std::size_t level, std::uint64_t ordinal, std::uint32_t attempt) override {
    Proposal proposal = FidelitySearch::Draw(level, ordinal, attempt);
    const auto enough =
        std::find_if(results_.rbegin(), results_.rend(), [this](const Results& results) {
          return results.has_value && results.ended >= enough_;
        });
    if (enough == results_.rend()) {
      proposal.why.origin = Provenance::Origin::kStartup;
      return proposal;
    }
    proposal.why.origin = Provenance::Origin::kExplored;
    if (CounterRandom(seed(), ordinal, kChoiceAttempt).Uniform() < random_fraction_) {
      return proposal;
    }
    TreeParzenSearch& model = *models_[static_cast<std::size_t>(results_.rend() - enough) - 1];
    Proposals modelled = model.Suggest(ordinal + (std::uint64_t{attempt} << kAttemptShift), 1);
    if (modelled.list.empty()) {  // every point of its level has been proposed
      return proposal;
    }
    proposal = std::move(modelled.list.front());
    proposal.point[ladder().parameter()] = ladder().levels()[level];
    return proposal;
  }

 private:
  static std::size_t CountVaried(const SearchSpace& space, std::size_t resource) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < space.size(); ++i) {
      const Parameter& parameter = space.parameters()[i];
      count += i != resource && parameter.low < parameter.high ? 1 : 0;
    }
    return count;
  }

  /// The results of one level. Failed trials are results too: they show the model where not to
  /// search.
  struct Results {
    std::size_t ended = 0;
    bool has_value = false;
  };

  double random_fraction_;
  /// Number of results that a model needs: parameters plus two (section 3.2).
  std::size_t enough_;
  /// By level.
  std::vector<Results> results_;
  std::vector<std::unique_ptr<TreeParzenSearch>> models_;
};

constexpr SettingSchema kSettings[] = {
    kResourceName,
    kMaximumResource,
    kMinimumResource,
    kEta,
    {.name = "random_fraction",
     .kind = SettingSchema::Kind::kFloat,
     .default_text = "0.3333333333333333",
     .range = "a number in [0, 1]",
     .summary = "the share of new configurations that are random whatever the model says",
     .min = 0,
     .max = 1},
    kRandomState,
};

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  FieldErrors errors;
  const auto ladder = ResourceLadder::Make(problem, errors);
  HONE_CHECK(ladder.has_value());
  return std::make_unique<BohbSearch>(
      problem,
      *ladder,
      std::make_unique<HyperbandSchedule>(
          ladder->eta(), ladder->levels().size(), problem.max_trials));
}

}  // namespace

extern const Algorithm k_bohb;
const Algorithm k_bohb = {
    .name = "bohb",
    .summary = "hyperband whose new configurations come from a tree-structured Parzen estimator",
    .citation =
        "Falkner, Klein, Hutter, BOHB: robust and efficient hyperparameter optimization, 2018",
    .settings = kSettings,
    .is_adaptive = true,
    .has_parents = true,
    .check = CheckLadder,
    .make = Make,
};

}  // namespace hone::algorithms
