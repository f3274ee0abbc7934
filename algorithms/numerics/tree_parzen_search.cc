#include "algorithms/numerics/tree_parzen_search.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "algorithms/catalogue.h"
#include "algorithms/numerics/counter_random.h"
#include "proto/model/observation.h"

namespace hone::algorithms {
namespace {

constexpr std::size_t kBestMax = 25;
/// Number of draws that may hit a taken point of a finite space before the next free one is used.
constexpr std::uint32_t kAttemptsMax = 16;

constexpr SettingSchema kSettings[] = {
    {.name = "n_startup_trials",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "10",
     .range = "an integer >= 0",
     .summary =
         "trials that must have ended before the model is used; they follow a Sobol sequence",
     .min = 0,
     .max = 1e9},
    {.name = "n_EI_candidates",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "24",
     .range = "an integer > 0",
     .summary = "points that are drawn and compared for each suggestion",
     .min = 1,
     .max = 1e6},
    {.name = "n_ei_candidates",
     .kind = SettingSchema::Kind::kInt,
     .range = "an integer > 0",
     .summary = "the same as n_EI_candidates",
     .min = 1,
     .max = 1e6},
    {.name = "gamma",
     .kind = SettingSchema::Kind::kFloat,
     .default_text = "0.1",
     .range = "a number in (0, 1)",
     .summary = "the share of the trials that count as the best; never more than 25 of them",
     .min = 0,
     .max = 1,
     .min_open = true,
     .max_open = true},
    {.name = "prior_weight",
     .kind = SettingSchema::Kind::kFloat,
     .default_text = "1.0",
     .range = "a number > 0",
     .summary = "weight of the prior, relative to one trial",
     .min = 0,
     .min_open = true},
    kRandomState,
};

TreeParzenOptions ReadOptions(std::span<const Setting> settings) {
  TreeParzenOptions options;
  for (const Setting& setting : settings) {
    const double number = ParseNumber(setting.value).value_or(0);
    if (setting.name == "n_startup_trials") {
      options.startup_trials = static_cast<std::size_t>(number);
    } else if (setting.name == "n_EI_candidates" || setting.name == "n_ei_candidates") {
      options.candidates = static_cast<std::size_t>(number);
    } else if (setting.name == "gamma") {
      options.gamma = number;
    } else if (setting.name == "prior_weight") {
      options.prior_weight = number;
    }
  }
  return options;
}

/// Removes duplicates, which are frequent in small spaces. NaN equals NaN here.
void KeepDifferent(std::vector<std::vector<double>>& points) {
  const auto is_before = [](const auto& a, const auto& b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
  };
  std::sort(points.begin(), points.end(), is_before);
  const auto end = std::unique(points.begin(), points.end(), [&](const auto& a, const auto& b) {
    return !is_before(a, b) && !is_before(b, a);
  });
  points.erase(end, points.end());
}

}  // namespace

TreeParzenSearch::TreeParzenSearch(const Problem& problem, const TreeParzenOptions& options)
    : options_(options),
      seed_(problem.seed),
      unseen_(problem.space, problem.seed),
      startup_(problem.space, problem.seed),
      axes_(MakeAxes(problem.space)),
      best_(axes_, options.prior_weight),
      others_(axes_, options.prior_weight) {}

void TreeParzenSearch::Observe(std::span<const ObservedTrial> trials) {
  unseen_.Observe(trials);
  for (const ObservedTrial& trial : trials) {
    ObserveOne(trial);
  }
  Balance();
}

void TreeParzenSearch::ObserveOne(const ObservedTrial& trial) {
  if (!others_.Contains(trial.ordinal) && !best_.Contains(trial.ordinal)) {
    others_.Add(trial.ordinal, ToModel(axes_, trial.point));
  }
  if (trial.outcome == Outcome::kRunning) {
    return;
  }
  if (const TrialRank rank = RankOf(trial); rank.HasFailed()) {
    ++failed_;
  } else {
    AddOther({rank, trial.ordinal});
  }
}

void TreeParzenSearch::AddOther(const Rank& rank) {
  other_ranks_.push_back(rank);
  std::push_heap(other_ranks_.begin(), other_ranks_.end(), std::greater<>());
}

TreeParzenSearch::Rank TreeParzenSearch::TakeBestOther() {
  std::pop_heap(other_ranks_.begin(), other_ranks_.end(), std::greater<>());
  const Rank rank = other_ranks_.back();
  other_ranks_.pop_back();
  return rank;
}

void TreeParzenSearch::Balance() {
  const auto ended = static_cast<double>(best_ranks_.size() + other_ranks_.size() + failed_);
  const auto wanted =
      std::min(kBestMax, static_cast<std::size_t>(std::ceil(options_.gamma * ended)));
  const auto move = [](std::uint64_t ordinal, ParzenEstimator& from, ParzenEstimator& to) {
    const std::vector<double> point = from.PointOf(ordinal);
    from.Remove(ordinal);
    to.Add(ordinal, point);
  };
  while (!other_ranks_.empty() && (best_ranks_.size() < wanted ||
                                   (wanted > 0 && other_ranks_.front() < *best_ranks_.rbegin()))) {
    const Rank better = TakeBestOther();
    move(better.second, others_, best_);
    best_ranks_.insert(better);
    if (best_ranks_.size() > wanted) {
      const Rank worst = *best_ranks_.rbegin();
      best_ranks_.erase(worst);
      move(worst.second, best_, others_);
      AddOther(worst);
    }
  }
}

Proposals TreeParzenSearch::Suggest(std::uint64_t first_ordinal, std::size_t count) {
  // Points proposed by this call, which count as others_ from the next draw until the call ends.
  std::vector<std::pair<std::uint64_t, Point>> pending;
  std::size_t added = 0;
  Proposals proposals = unseen_.Propose(
      first_ordinal,
      count,
      kAttemptsMax,
      [&](std::uint64_t ordinal, std::uint32_t attempt) {
        for (; added < pending.size(); ++added) {
          others_.Add(pending[added].first, ToModel(axes_, pending[added].second));
        }
        return Draw(ordinal, attempt);
      },
      [&](std::uint64_t ordinal, const Point& point) {
        if (!others_.Contains(ordinal) && !best_.Contains(ordinal)) {
          pending.emplace_back(ordinal, point);
        }
      });
  for (; added > 0; --added) {
    others_.Remove(pending[added - 1].first);
  }
  return proposals;
}

Proposal TreeParzenSearch::Draw(std::uint64_t ordinal, std::uint32_t attempt) {
  if (!HasModel()) {
    return startup_.At(unseen_.space(), ordinal, attempt);
  }
  CounterRandom random(seed_, ordinal, attempt);
  std::vector<std::vector<double>> candidates;
  candidates.reserve(options_.candidates);
  for (std::size_t i = 0; i < options_.candidates; ++i) {
    candidates.push_back(best_.Sample(random));
  }
  KeepDifferent(candidates);
  const std::vector<double> good = best_.LogDensity(candidates);
  const auto [chosen, bad] = others_.Rarest(candidates, good);
  Point point(axes_.size());
  for (std::size_t i = 0; i < point.size(); ++i) {
    point[i] = axes_[i].ToValue(candidates[chosen][i]);
  }
  return {std::move(point),
          0,
          {.origin = Provenance::Origin::kModel, .acquisition = good[chosen] - bad}};
}

std::span<const SettingSchema> TreeParzenSettings() {
  return kSettings;
}

std::unique_ptr<SearchAlgorithm> MakeTreeParzenSearch(const Problem& problem) {
  return std::make_unique<TreeParzenSearch>(problem, ReadOptions(problem.settings));
}

}  // namespace hone::algorithms
