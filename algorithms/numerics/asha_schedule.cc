#include "algorithms/numerics/asha_schedule.h"

#include <utility>

namespace hone::algorithms {

AshaSchedule::AshaSchedule(double eta, std::vector<double> levels, std::size_t brackets)
    : levels_(std::move(levels)),
      brackets_(brackets, {0, std::vector<HalvingRung>(levels_.size(), HalvingRung(eta))}) {}

void AshaSchedule::Start(std::uint64_t ordinal, const PlannedTrial& trial) {
  Known known{.bracket = static_cast<std::uint32_t>(trial.level),
              .level = static_cast<std::uint8_t>(trial.level)};
  if (trial.parent != 0) {
    const auto parent = trials_.find(trial.parent);
    if (parent == trials_.end() || trial.level != parent->second.level + std::size_t{1}) {
      return;
    }
    Known& before = parent->second;
    known.bracket = before.bracket;
    before.has_advanced = true;
    if (before.has_ended) {
      brackets_[before.bracket].rungs[before.level].Advance({before.value, trial.parent});
    }
  } else if (trial.level >= brackets_.size()) {
    return;
  }
  if (trials_.emplace(ordinal, known).second) {
    brackets_[known.bracket].spent += CostOf(trial);
  }
}

void AshaSchedule::End(std::uint64_t ordinal, double value) {
  const auto found = trials_.find(ordinal);
  if (found == trials_.end() || found->second.has_ended) {
    return;
  }
  Known& known = found->second;
  known.has_ended = true;
  known.value = value;
  const bool is_at_the_top = known.level + std::size_t{1} == levels_.size();
  if (!is_at_the_top) {
    brackets_[known.bracket].rungs[known.level].Add({value, ordinal}, known.has_advanced);
  }
}

std::vector<PlannedTrial> AshaSchedule::Plan(std::size_t count, std::vector<std::uint64_t> room) {
  std::vector<PlannedTrial> plan;
  std::vector<Taken> taken = BeginPlan();
  while (plan.size() < count) {
    auto next = TakeCandidate(taken);
    if (!next) {
      next = TakeNew(taken, room);
    }
    if (!next) {
      break;
    }
    plan.push_back(*next);
  }
  return plan;
}

std::vector<AshaSchedule::Taken> AshaSchedule::BeginPlan() const {
  std::vector<Taken> taken;
  taken.reserve(brackets_.size());
  for (const Bracket& bracket : brackets_) {
    Taken& begin = taken.emplace_back(Taken{bracket.spent, {}});
    begin.next.reserve(bracket.rungs.size());
    for (const HalvingRung& rung : bracket.rungs) {
      begin.next.push_back(rung.candidates().begin());
    }
  }
  return taken;
}

/// The candidate of the highest rung, from the bracket that has spent the least among those with a
/// candidate (algorithm 2, line 12).
std::optional<PlannedTrial> AshaSchedule::TakeCandidate(std::vector<Taken>& taken) const {
  std::optional<PlannedTrial> best;
  std::size_t from = 0;
  for (std::size_t b = 0; b < taken.size(); ++b) {
    if (best && taken[b].spent >= taken[from].spent) {
      continue;
    }
    for (std::size_t level = levels_.size(); level-- > 0;) {
      const auto& next = taken[b].next[level];
      if (next != brackets_[b].rungs[level].candidates().end()) {
        best = PlannedTrial{next->second, level + 1};
        from = b;
        break;
      }
    }
  }
  if (best) {
    ++taken[from].next[best->level - 1];
    taken[from].spent += CostOf(*best);
  }
  return best;
}

std::optional<PlannedTrial> AshaSchedule::TakeNew(std::vector<Taken>& taken,
                                                  std::vector<std::uint64_t>& room) const {
  std::optional<std::size_t> least;
  for (std::size_t b = 0; b < taken.size(); ++b) {
    if (room[b] > 0 && (!least || taken[b].spent < taken[*least].spent)) {
      least = b;
    }
  }
  if (!least) {
    return std::nullopt;
  }
  const PlannedTrial trial{0, *least};
  --room[*least];
  taken[*least].spent += CostOf(trial);
  return trial;
}

double AshaSchedule::CostOf(const PlannedTrial& trial) const {
  return trial.parent == 0 ? levels_[trial.level] : levels_[trial.level] - levels_[trial.level - 1];
}

}  // namespace hone::algorithms
