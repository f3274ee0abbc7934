#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "algorithms/algorithm.h"
#include "algorithms/numerics/axis.h"
#include "algorithms/numerics/cma_state.h"
#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/mirrored_normals.h"
#include "algorithms/numerics/trial_rank.h"
#include "algorithms/numerics/unseen_points.h"
#include "proto/model/normal_distribution.h"

namespace hone::algorithms {
namespace {

using Kind = Axis::Kind;

constexpr std::uint32_t kAttemptsMax = 16;
/// An ellipsoid smaller than this share of the range has converged.
constexpr double kTolerance = 1e-9;
/// Stream of random numbers for restarts, separate from those of ordinals.
constexpr std::uint64_t kRestartStream = std::uint64_t{1} << 63U;

enum class Restart { kNone, kIpop, kBipop };

/// The values come from the settings, whose schemas hold the defaults.
struct Options {
  double sigma = 0;
  Restart restart = Restart::kNone;
};

/// The probabilities of a categorical parameter, learned from the better half of a generation
/// (Hamano et al., "CatCMA", 2024, in its simplest form), with a lower bound for each.
class CategoryWeights {
 public:
  explicit CategoryWeights(std::size_t count) : shares_(count, 1 / static_cast<double>(count)) {}

  [[nodiscard]] double Sample(double uniform) const {
    std::size_t category = 0;
    while (category + 1 < shares_.size() && uniform >= shares_[category]) {
      uniform -= shares_[category++];
    }
    return static_cast<double>(category);
  }

  /// `best` are categories, the best first; `rate` in [0, 1) is the learning rate.
  void Update(const std::vector<std::size_t>& best, double rate, double least) {
    for (double& share : shares_) {
      share *= 1 - rate;
    }
    for (const std::size_t category : best) {
      shares_[category] += rate / static_cast<double>(best.size());
    }
    double sum = 0;
    for (double& share : shares_) {
      share = std::max(share, least);
      sum += share;
    }
    for (double& share : shares_) {
      share /= sum;
    }
  }

 private:
  std::vector<double> shares_;
};

/// A generation is `population` trials with consecutive ordinals; the distribution learns from it
/// when all of them have ended. So the state depends only on the set of ended trials, neither on
/// the order in which they ended nor on earlier calls. Suggestions before a generation is complete
/// come from the state after the last complete one.
class CmaSearch final : public SearchAlgorithm {
 public:
  CmaSearch(const Problem& problem, const Options& options)
      : options_(options),
        seed_(problem.seed),
        unseen_(problem.space, problem.seed),
        axes_(MakeAxes(problem.space)) {
    Begin(Eigen::VectorXd::Constant(CountNumbers(), 0.5),
          CmaState::DefaultPopulation(axes_.size()),
          options_.sigma);
  }

  void Observe(std::span<const ObservedTrial> trials) override {
    unseen_.Observe(trials);
    for (const ObservedTrial& trial : trials) {
      if (trial.outcome != Outcome::kRunning && trial.ordinal >= first_) {
        ended_[trial.ordinal] = {ToModel(axes_, trial.point), RankOf(trial)};
      }
    }
    while (IsComplete()) {
      Learn();
    }
  }

  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) override {
    return unseen_.Propose(
        first_ordinal, count, kAttemptsMax, [this](std::uint64_t ordinal, std::uint32_t attempt) {
          return Draw(ordinal, attempt);
        });
  }

 private:
  struct Ended {
    std::vector<double> point;
    TrialRank rank;
  };

  [[nodiscard]] Eigen::Index CountNumbers() const {
    return std::count_if(
        axes_.begin(), axes_.end(), [](const Axis& axis) { return axis.IsNumber(); });
  }

  void Begin(const Eigen::VectorXd& mean, std::size_t population, double sigma) {
    population_ = population;
    state_.reset();
    if (mean.size() > 0) {
      state_.emplace(mean, sigma, population);
    }
    categories_.clear();
    for (const Axis& axis : axes_) {
      categories_.emplace_back(axis.kind() == Kind::kCategories ? axis.count() : 1);
    }
  }

  [[nodiscard]] bool IsComplete() const {
    const auto last = ended_.find(first_ + population_ - 1);
    return ended_.size() >= population_ && last != ended_.end() &&
           std::distance(ended_.begin(), std::next(last)) ==
               static_cast<std::ptrdiff_t>(population_);
  }

  void Learn() {
    std::vector<const Ended*> ranked;
    ranked.reserve(population_);
    auto trial = ended_.begin();
    for (std::size_t i = 0; i < population_; ++i, ++trial) {
      ranked.push_back(&trial->second);
    }
    Rank(ranked);
    // If the best value is minus infinity, a restart cannot improve on it.
    const TrialRank& first = ranked.front()->rank;
    const bool is_flat = !first.HasFailed() && first == ranked.back()->rank &&
                         first.value != -std::numeric_limits<double>::infinity();
    if (best_) {
      LearnNumbers(ranked);
      LearnCategories(ranked);
    }
    ended_.erase(ended_.begin(), trial);
    first_ += population_;
    if (!best_) {
      BeginElsewhere(population_, options_.sigma);
    } else if (state_ && (state_->HasConverged(kTolerance) || is_flat)) {
      BeginAgain();
    }
  }

  /// Sorts a generation, the best first, of equal trials the older. Failures have no values to
  /// compare: those nearest to the best trial so far come first, so that a generation in which
  /// nearly all fail moves towards trials that did not.
  void Rank(std::vector<const Ended*>& generation) {
    const auto is_better = [](const Ended* a, const Ended* b) {
      return a->rank < b->rank;
    };
    std::stable_sort(generation.begin(), generation.end(), is_better);
    const Ended& first = *generation.front();
    if (!first.rank.HasFailed() && (!best_ || first.rank < best_->rank)) {
      best_ = first;
    }
    if (best_) {
      const auto failed = std::find_if(generation.begin(),
                                       generation.end(),
                                       [](const Ended* trial) { return trial->rank.HasFailed(); });
      std::stable_sort(failed, generation.end(), [this](const Ended* a, const Ended* b) {
        return DistanceToBest(*a) < DistanceToBest(*b);
      });
    }
  }

  [[nodiscard]] double DistanceToBest(const Ended& trial) const {
    double sum = 0;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      const double step = trial.point[i] - best_->point[i];
      const bool is_same = step == 0 || (std::isnan(trial.point[i]) && std::isnan(best_->point[i]));
      sum += is_same ? 0 : axes_[i].IsNumber() && !std::isnan(step) ? step * step : 1;
    }
    return sum;
  }

  void LearnNumbers(const std::vector<const Ended*>& ranked) {
    if (!state_) {
      return;
    }
    std::vector<Eigen::VectorXd> points;
    points.reserve(ranked.size());
    for (const Ended* const trial : ranked) {
      Eigen::VectorXd numbers(state_->mean().size());
      Eigen::Index next = 0;
      for (std::size_t i = 0; i < axes_.size(); ++i) {
        if (axes_[i].IsNumber()) {
          // An inactive parameter counts as unchanged: no step from the mean.
          const double coordinate = trial->point[i];
          numbers[next] = std::isnan(coordinate) ? state_->mean()[next] : coordinate;
          ++next;
        }
      }
      points.push_back(std::move(numbers));
    }
    state_->Update(points);
  }

  void LearnCategories(const std::vector<const Ended*>& ranked) {
    const auto dimensions = static_cast<double>(axes_.size());
    const double rate = 1 / (1 + std::sqrt(dimensions));
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      if (axes_[i].kind() != Kind::kCategories) {
        continue;
      }
      std::vector<std::size_t> best;
      const std::size_t half = std::max<std::size_t>(ranked.size() / 2, 1);
      for (std::size_t k = 0; k < half; ++k) {
        if (const double category = ranked[k]->point[i]; !std::isnan(category)) {
          best.push_back(static_cast<std::size_t>(category));
        }
      }
      // Each trial has the same weight, whether the others had this parameter or not.
      const double share = static_cast<double>(best.size()) / static_cast<double>(half);
      const double least = 1 / (dimensions * static_cast<double>(population_ * axes_[i].count()));
      categories_[i].Update(best, rate * share, least);
    }
  }

  /// Auger and Hansen, "A restart CMA evolution strategy with increasing population size", 2005;
  /// Hansen, "Benchmarking a BI-population CMA-ES", 2009: every second run is a small one.
  void BeginAgain() {
    if (options_.restart == Restart::kNone) {
      return;
    }
    ++restarts_;
    const std::size_t least = CmaState::DefaultPopulation(axes_.size());
    const bool is_small = options_.restart == Restart::kBipop && restarts_ % 2 == 0;
    if (is_small) {
      BeginElsewhere(least, options_.sigma, 2);
    } else {
      large_population_ = std::min<std::size_t>(large_population_ * 2, kPopulationFactorMax);
      BeginElsewhere(least * large_population_, options_.sigma);
    }
  }

  /// Begins at a random place; `shrink` is the maximum number of powers of ten by which sigma is
  /// reduced.
  void BeginElsewhere(std::size_t population, double sigma, double shrink = 0) {
    CounterRandom random(seed_, kRestartStream + ++places_);
    Eigen::VectorXd mean(CountNumbers());
    for (double& coordinate : mean) {
      coordinate = random.Uniform();
    }
    Begin(mean, population, shrink > 0 ? sigma * std::pow(10, -shrink * random.Uniform()) : sigma);
  }

  [[nodiscard]] Proposal Draw(std::uint64_t ordinal, std::uint32_t attempt) const {
    CounterRandom random(seed_, ordinal, attempt);
    const Eigen::VectorXd numbers = DrawNumbers(ordinal, attempt, random);
    Point point(axes_.size());
    Eigen::Index next = 0;
    std::size_t number = 0;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      double coordinate = 0;
      if (axes_[i].IsNumber()) {
        coordinate = Reflect(Widen(axes_[i], number++, numbers[next++]));
      } else if (axes_[i].kind() == Kind::kCategories) {
        coordinate = categories_[i].Sample(random.Uniform());
      }
      point[i] = axes_[i].ToValue(coordinate);
    }
    return {unseen_.space().Mask(std::move(point)), 0, {Provenance::Origin::kModel}};
  }

  /// The first attempt is part of its generation's mirrored pattern; later attempts are
  /// independent.
  [[nodiscard]] Eigen::VectorXd DrawNumbers(std::uint64_t ordinal,
                                            std::uint32_t attempt,
                                            CounterRandom& random) const {
    if (!state_) {
      return {};
    }
    const Eigen::Index dimensions = state_->mean().size();
    if (attempt > 0) {
      return state_->PointAt(StandardNormals(random, dimensions));
    }
    const std::uint64_t index = (ordinal - first_) % population_;
    return state_->PointAt(MirroredNormals(seed_, ordinal - index, index, dimensions));
  }

  /// Cells: keeps the probability of leaving the cell of the mean above 1 / (population *
  /// parameters), so that an integer does not freeze too early (after Hamano et al., "CMA-ES with
  /// margin", 2022).
  [[nodiscard]] double Widen(const Axis& axis, std::size_t number, double coordinate) const {
    if (axis.kind() != Kind::kCells) {
      return coordinate;
    }
    const double mean = state_->mean()[static_cast<Eigen::Index>(number)];
    const std::size_t cell = axis.CellAt(std::clamp(mean, 0.0, 1.0));
    const double half = (axis.Edge(cell + 1) - axis.Edge(cell)) / 2;
    const double margin =
        1 / static_cast<double>(std::max<std::size_t>(population_ * axes_.size(), 3));
    const double least = half / NormalQuantile(1 - margin / 2);
    const double deviation = state_->DeviationOf(number);
    return deviation >= least ? coordinate : mean + (coordinate - mean) * least / deviation;
  }

  /// Reflects a coordinate into [0, 1].
  static double Reflect(double coordinate) {
    const double folded = std::fmod(std::abs(coordinate), 2.0);
    return folded > 1 ? 2 - folded : folded;
  }

  static constexpr std::size_t kPopulationFactorMax = 256;

  Options options_;
  std::uint64_t seed_;
  UnseenPoints unseen_;
  std::vector<Axis> axes_;
  /// The state for the numeric parameters; nothing if there are none.
  std::optional<CmaState> state_;
  /// One per parameter; only those of categorical parameters are used.
  std::vector<CategoryWeights> categories_;
  std::size_t population_ = 0;
  std::size_t large_population_ = 1;
  std::uint64_t restarts_ = 0;
  /// Number of random places at which a run has begun.
  std::uint64_t places_ = 0;
  /// The best trial of the complete generations; nothing while all have failed.
  std::optional<Ended> best_;
  /// The first ordinal of the incomplete generation.
  std::uint64_t first_ = 1;
  /// The ended trials of the incomplete and later generations.
  std::map<std::uint64_t, Ended> ended_;
};

constexpr SettingSchema kSettings[] = {
    {.name = "sigma",
     .kind = SettingSchema::Kind::kFloat,
     .default_text = "0.16666666666666666",
     .range = "a number > 0",
     .summary = "the standard deviation at the start, as a share of each parameter's range",
     .min = 0,
     .min_open = true},
    {.name = "restart_strategy",
     .kind = SettingSchema::Kind::kChoice,
     .default_text = "ipop",
     .range = "ipop, bipop or none",
     .summary = "the restart after convergence: with twice the population (ipop), with small and "
                "large populations in turn (bipop), or none",
     .choices = "ipop|bipop|none|None"},
    kRandomState,
};

Options ReadOptions(const SettingValues& settings) {
  const std::string_view restart = settings.Text("restart_strategy");
  return {.sigma = settings.Number("sigma"),
          .restart = restart == "ipop"    ? Restart::kIpop
                     : restart == "bipop" ? Restart::kBipop
                                          : Restart::kNone};
}

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  return std::make_unique<CmaSearch>(problem, ReadOptions({kSettings, problem.settings}));
}

}  // namespace

extern const Algorithm k_cmaes;
const Algorithm k_cmaes = {
    .name = "cmaes",
    .summary = "covariance matrix adaptation: an evolution strategy for numbers, with restarts",
    .citation = "Hansen, The CMA evolution strategy: a tutorial, 2016",
    .settings = kSettings,
    .is_adaptive = true,
    .make = Make,
};

}  // namespace hone::algorithms
