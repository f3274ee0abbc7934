#include "algorithms/numerics/fidelity_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "algorithms/catalogue.h"
#include "algorithms/numerics/trial_rank.h"
#include "proto/core/result.h"

namespace hone::algorithms {
namespace {

/// Number of draws that may hit a taken point of a finite space before the next free one is used.
constexpr std::uint32_t kAttemptsMax = 16;

}  // namespace

FidelitySearch::FidelitySearch(const Problem& problem,
                               ResourceLadder ladder,
                               std::unique_ptr<HalvingSchedule> schedule)
    : seed_(problem.seed),
      ladder_(std::move(ladder)),
      schedule_(std::move(schedule)),
      is_taken_over_(FindSetting(problem.settings, kKatibState) != nullptr) {
  for (const double level : ladder_.levels()) {
    unseen_.emplace_back(problem.space.Fixed(ladder_.parameter(), level), problem.seed);
  }
}

void FidelitySearch::Observe(std::span<const ObservedTrial> trials) {
  delta_.Add(trials);
}

/// The level nearest to the resource of a trial: Katib rounds the amounts of a resource down and
/// computes them from the lowest to the highest, so its amounts may differ slightly from the
/// levels.
std::optional<std::size_t> FidelitySearch::LevelOf(const Point& point) const {
  const double amount = point[ladder_.parameter()];
  if (!is_taken_over_ || !(amount > 0)) {
    return ladder_.LevelOf(point);
  }
  const std::vector<double>& levels = ladder_.levels();
  const auto distance = [amount](double level) {
    return std::abs(std::log(level / amount));
  };
  const auto nearest = std::min_element(
      levels.begin(), levels.end(), [&](double a, double b) { return distance(a) < distance(b); });
  return static_cast<std::size_t>(nearest - levels.begin());
}

std::uint64_t FidelitySearch::FindParent(const ObservedTrial& trial, std::size_t level) {
  Point point = trial.point;
  point[ladder_.parameter()] = 0;
  // NaN has no order, so it becomes an infinite value, which no objective has.
  std::replace_if(
      point.begin(), point.end(), [](double x) { return std::isnan(x); }, HUGE_VAL);
  std::uint64_t parent = 0;
  if (const auto below = last_at_.find({level - 1, point}); level > 0 && below != last_at_.end()) {
    parent = below->second;
    last_at_.erase(below);
  }
  last_at_[{level, std::move(point)}] = trial.ordinal;
  return parent;
}

void FidelitySearch::Start(const ObservedTrial& trial) {
  const auto level = LevelOf(trial.point);
  if (!level || !trials_.try_emplace(trial.ordinal, Known{trial.point, *level}).second) {
    return;
  }
  ++running_;
  const std::uint64_t found = is_taken_over_ ? FindParent(trial, *level) : 0;
  schedule_->Start(trial.ordinal, {trial.parent != 0 ? trial.parent : found, *level});
  unseen_[*level].Observe({&trial, 1});
  ObservedTrial born = trial;
  born.outcome = Outcome::kRunning;
  born.objectives.clear();
  Learn(born, *level);
}

void FidelitySearch::End(const ObservedTrial& trial) {
  const auto known = trials_.find(trial.ordinal);
  if (known == trials_.end() || known->second.has_ended) {
    return;
  }
  known->second.has_ended = true;
  --running_;
  schedule_->End(trial.ordinal, CompleteValueOf(trial));
  Learn(trial, known->second.level);
}

Proposals FidelitySearch::Suggest(std::uint64_t first_ordinal, std::size_t count) {
  delta_.Tell([this](const ObservedTrial& trial) { Start(trial); },
              [this](const ObservedTrial& trial) { End(trial); });
  std::vector<std::uint64_t> room;
  room.reserve(unseen_.size());
  for (const UnseenPoints& unseen : unseen_) {
    room.push_back(unseen.left());
  }
  const std::vector<PlannedTrial> plan = schedule_->Plan(count, std::move(room));
  Proposals proposals;
  proposals.list.resize(plan.size());
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (plan[i].parent == 0) {
      continue;
    }
    Proposal& proposal = proposals.list[i];
    proposal.point = trials_.at(plan[i].parent).point;
    proposal.point[ladder_.parameter()] = ladder_.levels()[plan[i].level];
    proposal.parent = plan[i].parent;
    proposal.why.origin = Provenance::Origin::kAdvanced;
  }
  for (std::size_t level = 0; level < unseen_.size(); ++level) {
    FillNew(level, first_ordinal, plan, proposals);
  }
  // Running trials may still advance.
  proposals.space_ended = plan.empty() && count > 0 && running_ == 0;
  return proposals;
}

void FidelitySearch::FillNew(std::size_t level,
                             std::uint64_t first_ordinal,
                             std::span<const PlannedTrial> plan,
                             Proposals& proposals) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (plan[i] == PlannedTrial{0, level}) {
      places.push_back(i);
    }
  }
  if (places.empty()) {
    return;
  }
  Proposals drawn = unseen_[level].Propose(
      0, places.size(), kAttemptsMax, [&](std::uint64_t index, std::uint32_t attempt) {
        return Draw(level, first_ordinal + places[index], attempt);
      });
  HONE_CHECK(drawn.list.size() == places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    proposals.list[places[i]] = std::move(drawn.list[i]);
  }
}

Proposal FidelitySearch::Draw(std::size_t level, std::uint64_t ordinal, std::uint32_t attempt) {
  return {RandomPoint(SpaceAt(level), seed_, ordinal, attempt)};
}

}  // namespace hone::algorithms
