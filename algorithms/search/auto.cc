#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "algorithms/algorithm.h"
#include "algorithms/numerics/axis.h"
#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/unseen_points.h"

namespace hone::algorithms {

// The members that take turns; each is defined in a file of its own.
extern const Algorithm k_bayesianoptimization;
extern const Algorithm k_bobyqa;
extern const Algorithm k_cmaes;
extern const Algorithm k_multivariate_tpe;

namespace {

/// Up to kGaussianOftenUntil the Gaussian process has its regular turns, up to kGaussianUntil one
/// turn in kRareTurns, and then none, because its answers become too slow to be worth it.
constexpr std::uint64_t kGaussianOftenUntil = 1000;
constexpr std::uint64_t kGaussianUntil = 5000;
constexpr std::uint64_t kRareTurns = 8;
/// The process's own time for one proposal grows with the square of the number of parameters: with
/// so many categorical ones it is about 0.15 s.
constexpr std::size_t kGaussianParametersMax = 200;
/// From this ordinal on another member gets the third turn, which was the process's second one.
constexpr std::uint64_t kThirdFrom = 300;
/// If all parameters are numbers and there are at least this many, the second member is the
/// evolution strategy.
constexpr std::ptrdiff_t kManyNumbers = 10;
/// If there are at most this many parameters, all numbers without steps, and few parallel trials, a
/// local search gets the third turn after the startup.
constexpr std::ptrdiff_t kLocalNumbersMax = 20;
constexpr std::uint64_t kLocalParallelMax = 2;
/// The first trials are one Sobol sequence, drawn by the Gaussian process.
constexpr std::uint64_t kStartup = 10;
/// A proposal that is taken is replaced by random draws, then by the next free point.
constexpr std::uint32_t kAttemptsMax = 32;

/// Different models suit different problems, and the best one is not known beforehand: the members
/// take turns over the same trials, so that each sees the results of the others. The turn is a
/// function of the ordinal, so a restart changes nothing.
class AutoSearch final : public SearchAlgorithm {
 public:
  explicit AutoSearch(const Problem& problem)
      : seed_(problem.seed),
        block_(std::max<std::uint64_t>(problem.parallel_trials, 1)),
        unseen_(problem.space, problem.seed),
        has_gaussian_(problem.space.size() <= kGaussianParametersMax),
        parzen_(Make(k_multivariate_tpe, problem)) {
    const Census census = Count(problem.space);
    has_evolution_ = census.others == 0 && census.numbers >= 2;
    has_many_numbers_ = census.others == 0 && census.numbers >= kManyNumbers;
    has_local_ = has_evolution_ && census.with_steps == 0 && census.numbers <= kLocalNumbersMax &&
                 problem.parallel_trials <= kLocalParallelMax;
    if (has_gaussian_) {
      gaussian_ = Make(k_bayesianoptimization, problem);
    }
    if (has_evolution_) {
      evolution_ = Make(k_cmaes, problem);
    }
    if (has_local_) {
      local_ = Make(k_bobyqa, problem);
    }
  }

  void Observe(std::span<const ObservedTrial> trials) override {
    unseen_.Observe(trials);
    if (has_gaussian_) {
      gaussian_.search->Observe(trials);
    }
    parzen_.search->Observe(trials);
    if (has_local_) {
      local_.search->Observe(trials);
    }
    for (ObservedTrial trial : trials) {
      if (has_evolution_ && TurnOf(trial.ordinal) == Turn::kEvolution) {
        trial.ordinal = EvolutionOrdinal(trial.ordinal);
        evolution_.search->Observe({&trial, 1});
      }
    }
  }

  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) override {
    std::vector<Proposal> wanted(count);
    for (const Turn turn : {Turn::kGaussian, Turn::kParzen, Turn::kEvolution, Turn::kLocal}) {
      Ask(turn, first_ordinal, wanted);
    }
    return unseen_.Propose(
        first_ordinal, count, kAttemptsMax, [&](std::uint64_t ordinal, std::uint32_t attempt) {
          Proposal& proposal = wanted[ordinal - first_ordinal];
          if (attempt == 0 && !proposal.point.empty()) {
            return proposal;
          }
          return Proposal{RandomPoint(unseen_.space(), MixBits(seed_), ordinal, attempt),
                          0,
                          {Provenance::Origin::kExplored}};
        });
  }

 private:
  enum class Turn { kGaussian, kParzen, kEvolution, kLocal };
  struct Member {
    std::string_view name;
    std::unique_ptr<SearchAlgorithm> search;
  };

  /// Counts the parameters that vary: numbers that are always active, those of them that have few
  /// values, and all other parameters.
  struct Census {
    std::ptrdiff_t numbers = 0;
    std::ptrdiff_t with_steps = 0;
    std::ptrdiff_t others = 0;
  };
  static Census Count(const SearchSpace& space) {
    Census census;
    for (const Parameter& parameter : space.parameters()) {
      const Axis::Kind kind = Axis(parameter).kind();
      if (parameter.parent || kind == Axis::Kind::kCategories) {
        ++census.others;
      } else if (kind != Axis::Kind::kFixed) {
        ++census.numbers;
        census.with_steps += kind == Axis::Kind::kCells ? 1 : 0;
      }
    }
    return census;
  }

  static Member Make(const Algorithm& algorithm, const Problem& problem) {
    Problem own = problem;
    own.settings.clear();
    // A seed per member, or the members would propose the same random points.
    own.seed = MixBits(problem.seed + algorithm.name.size());
    return {algorithm.name, algorithm.make(own)};
  }

  /// Turns change after blocks of `parallel` trials, so that one member proposes a whole batch and
  /// can spread it.
  [[nodiscard]] Turn TurnOf(std::uint64_t ordinal) const {
    const std::uint64_t turn = (ordinal - 1) / block_;
    if (has_gaussian_ && ordinal <= kStartup) {
      return Turn::kGaussian;
    }
    if (!has_gaussian_ || ordinal > kGaussianOftenUntil) {
      const bool is_rare = has_gaussian_ && ordinal <= kGaussianUntil && turn % kRareTurns == 0;
      return is_rare                           ? Turn::kGaussian
             : has_evolution_ && turn % 2 == 1 ? Turn::kEvolution
                                               : Turn::kParzen;
    }
    const Turn second = has_many_numbers_ ? Turn::kEvolution : Turn::kParzen;
    return turn % 3 == 0 ? Turn::kGaussian : turn % 3 == 1 ? second : ThirdTurn(ordinal);
  }

  [[nodiscard]] Turn ThirdTurn(std::uint64_t ordinal) const {
    if (has_local_) {
      return Turn::kLocal;
    }
    if (ordinal <= kThirdFrom || !has_evolution_) {
      return Turn::kGaussian;
    }
    return has_many_numbers_ ? Turn::kParzen : Turn::kEvolution;
  }

  /// Counts only the strategy's own trials: their number up to and including this ordinal.
  [[nodiscard]] std::uint64_t EvolutionOrdinal(std::uint64_t ordinal) const {
    while (evolution_ordinals_.size() < ordinal) {
      const std::uint64_t next = evolution_ordinals_.size() + 1;
      const std::uint64_t before = evolution_ordinals_.empty() ? 0 : evolution_ordinals_.back();
      evolution_ordinals_.push_back(before + (TurnOf(next) == Turn::kEvolution ? 1 : 0));
    }
    return evolution_ordinals_[ordinal - 1];
  }

  [[nodiscard]] Member& MemberOf(Turn turn) {
    switch (turn) {
      case Turn::kParzen:
        return parzen_;
      case Turn::kEvolution:
        return evolution_;
      case Turn::kLocal:
        return local_;
      case Turn::kGaussian:
        break;
    }
    return gaussian_;
  }

  /// Asks one member once for all of its places in a batch, so that it can spread them. A member
  /// whose space has ended leaves its places empty.
  void Ask(Turn turn, std::uint64_t first_ordinal, std::vector<Proposal>& wanted) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (TurnOf(first_ordinal + i) == turn) {
        places.push_back(i);
      }
    }
    if (places.empty()) {
      return;
    }
    const Member& member = MemberOf(turn);
    const std::uint64_t ordinal = first_ordinal + places.front();
    Proposals proposals = member.search->Suggest(
        turn == Turn::kEvolution ? EvolutionOrdinal(ordinal) : ordinal, places.size());
    for (std::size_t i = 0; i < proposals.list.size(); ++i) {
      proposals.list[i].why.algorithm = member.name;
      wanted[places[i]] = std::move(proposals.list[i]);
    }
  }

  std::uint64_t seed_;
  std::uint64_t block_;
  UnseenPoints unseen_;
  bool has_gaussian_;
  Member gaussian_;
  Member parzen_;
  Member evolution_;
  Member local_;
  bool has_local_ = false;
  bool has_evolution_ = false;
  bool has_many_numbers_ = false;
  mutable std::vector<std::uint64_t> evolution_ordinals_;
};

constexpr SettingSchema kSettings[] = {kRandomState};

std::unique_ptr<SearchAlgorithm> MakeAuto(const Problem& problem) {
  return std::make_unique<AutoSearch>(problem);
}

}  // namespace

extern const Algorithm k_auto;
const Algorithm k_auto = {
    .name = "auto",
    .summary =
        "Gaussian process, Parzen estimator, evolution strategy and local search in turns over the "
        "same trials: the right choice when nothing is known of the problem",
    .settings = kSettings,
    .is_adaptive = true,
    .make = MakeAuto,
};

}  // namespace hone::algorithms
