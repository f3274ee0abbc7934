#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "algorithms/catalogue.h"
#include "algorithms/numerics/axis.h"
#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/trial_rank.h"
#include "algorithms/numerics/unseen_points.h"
#include "proto/model/normal_distribution.h"

namespace hone::algorithms {
namespace {

/// Number of mutants that may hit a taken point of a finite space before the next free point is
/// used.
constexpr std::uint32_t kAttemptsMax = 32;
/// Standard deviation of the mutation of a number, as a share of its range.
constexpr double kStep = 0.2;
constexpr double kPopulationSize = 20;
constexpr double kSampleSize = 10;

/// Real, Aggarwal, Huang, Le 2019, algorithm 1. The population is the trials with the newest
/// ordinals among those that have ended with a value, so it is a function of the set of trials: age
/// is the ordinal, not the time of the end. Failed trials are not members and make no member older.
class RegularizedEvolution final : public SearchAlgorithm {
 public:
  explicit RegularizedEvolution(const Problem& problem)
      : seed_(problem.seed),
        members_max_(static_cast<std::size_t>(
            NumberOf(problem.settings, "population_size", kPopulationSize))),
        sample_size_(
            static_cast<std::size_t>(NumberOf(problem.settings, "sample_size", kSampleSize))),
        unseen_(problem.space, problem.seed),
        startup_(problem.space, problem.seed),
        axes_(MakeAxes(problem.space)) {}

  void Observe(std::span<const ObservedTrial> trials) override {
    unseen_.Observe(trials);
    for (const ObservedTrial& trial : trials) {
      if (trial.outcome == Outcome::kRunning) {
        continue;
      }
      if (const TrialRank rank = RankOf(trial); !rank.HasFailed()) {
        members_[trial.ordinal] = {trial.point, rank};
      }
      if (members_.size() > members_max_) {
        members_.erase(members_.begin());
      }
    }
  }

  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) override {
    std::vector<const Member*> members;
    for (const auto& [ordinal, member] : members_) {
      members.push_back(&member);
    }
    return unseen_.Propose(
        first_ordinal, count, kAttemptsMax, [&](std::uint64_t ordinal, std::uint32_t attempt) {
          return Draw(members, ordinal, attempt);
        });
  }

 private:
  struct Member {
    Point point;
    TrialRank rank;
  };

  Proposal Draw(const std::vector<const Member*>& members,
                std::uint64_t ordinal,
                std::uint32_t attempt) const {
    CounterRandom random(seed_, ordinal, attempt);
    if (ordinal <= members_max_ || members.empty()) {
      return startup_.At(unseen_.space(), ordinal, attempt);
    }
    const Member* const parent = Select(members, random);
    return {Mutate(parent->point, random), 0, {Provenance::Origin::kModel}};
  }

  /// The best of a sample, drawn with replacement.
  const Member* Select(const std::vector<const Member*>& members, CounterRandom& random) const {
    const Member* best = nullptr;
    for (std::size_t i = 0; i < sample_size_; ++i) {
      const Member* const drawn = members[Index(random, members.size())];
      if (best == nullptr || drawn->rank < best->rank) {
        best = drawn;
      }
    }
    return best;
  }

  /// Changes the value of one active parameter that has more than one. Parameters that become
  /// active by that follow their distribution.
  [[nodiscard]] Point Mutate(Point point, CounterRandom& random) const {
    std::vector<std::size_t> choices;
    for (std::size_t i = 0; i < point.size(); ++i) {
      if (!std::isnan(point[i]) && axes_[i].kind() != Axis::Kind::kFixed) {
        choices.push_back(i);
      }
    }
    if (choices.empty()) {
      return point;
    }
    const std::size_t chosen = choices[Index(random, choices.size())];
    point[chosen] = Another(axes_[chosen], point[chosen], random);
    const SearchSpace& space = unseen_.space();
    for (std::size_t i = 0; i < point.size(); ++i) {
      if (std::isnan(point[i])) {
        point[i] = space.parameters()[i].Quantile(random.Uniform());
      }
    }
    return space.Mask(std::move(point));
  }

  static double Another(const Axis& axis, double value, CounterRandom& random) {
    if (axis.kind() == Axis::Kind::kCategories) {
      const auto shift = 1 + Index(random, axis.count() - 1);
      return axis.ToValue(
          static_cast<double>((static_cast<std::size_t>(value) + shift) % axis.count()));
    }
    const double from = axis.ToModel(value);
    const double to = Reflect(from + kStep * NormalQuantile(std::max(random.Uniform(), 0x1p-53)));
    const double other = axis.ToValue(to);
    return other == value && axis.kind() == Axis::Kind::kCells ? Neighbour(axis, from, to > from)
                                                               : other;
  }

  /// The value in the next cell in that direction, or in the other direction at the end of the
  /// axis.
  static double Neighbour(const Axis& axis, double from, bool is_up) {
    const std::size_t cell = axis.CellAt(from);
    const bool goes_up = cell + 1 == axis.count() ? false : is_up || cell == 0;
    const std::size_t next = goes_up ? cell + 1 : cell - 1;
    return axis.ToValue((axis.Edge(next) + axis.Edge(next + 1)) / 2);
  }

  /// Reflects a coordinate into [0, 1].
  static double Reflect(double coordinate) {
    const double folded = std::fmod(std::abs(coordinate), 2.0);
    return folded > 1 ? 2 - folded : folded;
  }

  static std::size_t Index(CounterRandom& random, std::size_t count) {
    return static_cast<std::size_t>(random.Uniform() * static_cast<double>(count));
  }

  std::uint64_t seed_;
  std::size_t members_max_;
  std::size_t sample_size_;
  UnseenPoints unseen_;
  StartupPoints startup_;
  std::vector<Axis> axes_;
  /// By ordinal, the oldest first.
  std::map<std::uint64_t, Member> members_;
};

constexpr SettingSchema kSettings[] = {
    {.name = "population_size",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "20",
     .range = "an integer from 2 to 10000",
     .summary =
         "number of the newest trials that may be parents; as many trials start without a parent",
     .min = 2,
     .max = 10'000},
    {.name = "sample_size",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "10",
     .range = "an integer from 1 to 10000",
     .summary = "trials that are drawn from the population, the best of which is the parent",
     .min = 1,
     .max = 10'000},
    kRandomState,
};

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  return std::make_unique<RegularizedEvolution>(problem);
}

}  // namespace

extern const Algorithm k_regularized_evolution;
const Algorithm k_regularized_evolution = {
    .name = "regularized-evolution",
    .summary =
        "aging evolution: each trial is the best of a few recent ones with one choice changed, and "
        "old trials die however good they were",
    .citation =
        "Real, Aggarwal, Huang, Le, Regularized evolution for image classifier architecture "
        "search, "
        "2019",
    .settings = kSettings,
    .is_adaptive = true,
    .make = Make,
};

}  // namespace hone::algorithms
