#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "algorithms/catalogue.h"
#include "algorithms/numerics/axis.h"
#include "algorithms/numerics/unseen_points.h"
#include "proto/model/observation.h"
#include "proto/model/result.h"

namespace hone::algorithms {
namespace {

/// Where a model answers slower than it is worth: from these ordinals on the Gaussian process has
/// one turn in kRareTurns, and then none.
constexpr std::uint64_t kGaussianOftenUntil = 1000;
constexpr std::uint64_t kGaussianUntil = 5000;
constexpr std::uint64_t kRareTurns = 8;
/// From here on all three take turns.
constexpr std::uint64_t kTwoUntil = 300;
/// Numbers, at least so many of them and nothing else: the evolution strategy is the better second.
constexpr std::size_t kManyNumbers = 10;
/// A proposal that is taken is replaced by random draws, then by the next free point.
constexpr std::uint32_t kAttemptsMax = 32;

/// Different models are right about different problems, and nobody knows beforehand which: they
/// take turns over the same trials, so that each sees what the others have found. Whose turn it is
/// follows from the ordinal alone, hence a restart changes nothing.
class AutoSearch final : public SearchAlgorithm {
 public:
  explicit AutoSearch(const Problem& problem)
      : seed_(problem.seed),
        block_(std::max<std::uint64_t>(problem.parallel_trials, 1)),
        unseen_(problem.space, problem.seed),
        gaussian_(Make("bayesianoptimization", problem)),
        parzen_(Make("multivariate-tpe", problem)) {
    const std::vector<Axis> axes = MakeAxes(problem.space);
    const auto numbers = std::count_if(axes.begin(), axes.end(), [](const Axis& axis) {
      return axis.kind() == Axis::Kind::kContinuous || axis.kind() == Axis::Kind::kCells;
    });
    const auto others = std::count_if(axes.begin(), axes.end(), [](const Axis& axis) {
      return axis.kind() == Axis::Kind::kCategories;
    });
    has_evolution_ = others == 0 && numbers >= 2;
    has_many_numbers_ = others == 0 && numbers >= static_cast<std::ptrdiff_t>(kManyNumbers);
    if (has_evolution_) {
      evolution_ = Make("cmaes", problem);
    }
  }

  void Observe(std::span<const ObservedTrial> trials) override {
    unseen_.Observe(trials);
    gaussian_.search->Observe(trials);
    parzen_.search->Observe(trials);
    for (ObservedTrial trial : trials) {
      if (has_evolution_ && TurnOf(trial.ordinal) == Turn::kEvolution) {
        trial.ordinal = EvolutionOrdinal(trial.ordinal);
        evolution_.search->Observe({&trial, 1});
      }
    }
  }

  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) override {
    std::vector<Proposal> wanted;
    while (wanted.size() < count) {
      Append(first_ordinal + wanted.size(), count - wanted.size(), wanted);
    }
    return unseen_.Propose(
        first_ordinal, count, kAttemptsMax, [&](std::uint64_t ordinal, std::uint32_t attempt) {
          if (attempt == 0) {
            return wanted[ordinal - first_ordinal];
          }
          return Proposal{RandomPoint(unseen_.space(), seed_, ordinal, attempt),
                          0,
                          {Provenance::Origin::kExplored}};
        });
  }

 private:
  enum class Turn { kGaussian, kParzen, kEvolution };
  struct Member {
    std::string_view name;
    std::unique_ptr<SearchAlgorithm> search;
  };

  static Member Make(std::string_view name, const Problem& problem) {
    const Algorithm* const algorithm = Find(name);
    HONE_CHECK(algorithm != nullptr);
    Problem own = problem;
    own.settings.clear();
    return {algorithm->name, algorithm->make(own)};
  }

  /// Whole blocks of as many trials as run at a time: a batch has one author, who knows how to
  /// spread it.
  [[nodiscard]] Turn TurnOf(std::uint64_t ordinal) const {
    const std::uint64_t turn = (ordinal - 1) / block_;
    const Turn second = has_many_numbers_ ? Turn::kEvolution : Turn::kParzen;
    if (ordinal <= kTwoUntil || !has_evolution_) {
      const std::uint64_t turns = ordinal <= kGaussianOftenUntil ? 2 : kRareTurns;
      return ordinal <= kGaussianUntil && turn % turns == 0 ? Turn::kGaussian : second;
    }
    if (ordinal <= kGaussianOftenUntil) {
      return static_cast<Turn>(turn % 3);
    }
    if (ordinal <= kGaussianUntil && turn % kRareTurns == 0) {
      return Turn::kGaussian;
    }
    return turn % 2 == 0 ? Turn::kParzen : Turn::kEvolution;
  }

  /// The evolution strategy counts its own trials only: their number up to this one.
  [[nodiscard]] std::uint64_t EvolutionOrdinal(std::uint64_t ordinal) const {
    while (evolution_ordinals_.size() < ordinal) {
      const std::uint64_t next = evolution_ordinals_.size() + 1;
      const std::uint64_t before = evolution_ordinals_.empty() ? 0 : evolution_ordinals_.back();
      evolution_ordinals_.push_back(before + (TurnOf(next) == Turn::kEvolution ? 1 : 0));
    }
    return evolution_ordinals_[ordinal - 1];
  }

  /// The proposals for `ordinal` and those after it that belong to the same member.
  void Append(std::uint64_t ordinal, std::size_t most, std::vector<Proposal>& wanted) {
    const Turn turn = TurnOf(ordinal);
    std::size_t count = 1;
    while (count < most && TurnOf(ordinal + count) == turn) {
      ++count;
    }
    Member& member = turn == Turn::kGaussian ? gaussian_
                     : turn == Turn::kParzen ? parzen_
                                             : evolution_;
    const std::uint64_t own = turn == Turn::kEvolution ? EvolutionOrdinal(ordinal) : ordinal;
    Proposals proposals = member.search->Suggest(own, count);
    for (Proposal& proposal : proposals.list) {
      proposal.why.algorithm = member.name;
      wanted.push_back(std::move(proposal));
    }
    for (std::size_t i = proposals.list.size(); i < count; ++i) {  // the space has ended
      wanted.push_back({RandomPoint(unseen_.space(), seed_, ordinal + i, 0)});
    }
  }

  std::uint64_t seed_;
  std::uint64_t block_;
  UnseenPoints unseen_;
  Member gaussian_;
  Member parzen_;
  Member evolution_;
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
        "Gaussian process, Parzen estimator and evolution strategy in turns over the same "
        "trials: the right choice when nothing is known of the problem",
    .settings = kSettings,
    .is_adaptive = true,
    .make = MakeAuto,
};

}  // namespace hone::algorithms
