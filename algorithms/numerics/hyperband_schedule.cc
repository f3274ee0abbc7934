#include "algorithms/numerics/hyperband_schedule.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace hone::algorithms {
namespace {

/// What a power of eta may miss a whole number by.
constexpr double kRounding = 1e-9;
/// More configurations than anybody will run.
constexpr double kSizeMax = 1e15;

}  // namespace

HyperbandSchedule::HyperbandSchedule(double eta, std::size_t levels)
    : eta_(eta), levels_(levels), roots_(levels) {
  for (std::size_t level = 0; level < levels; ++level) {
    // Line 2: n = ceil(B / R * eta^s / (s + 1)) with B = (s_max + 1) R.
    const auto s = static_cast<double>(levels - 1 - level);
    const double size = static_cast<double>(levels) / (s + 1) * std::pow(eta, s);
    sizes_.push_back(
        static_cast<std::uint64_t>(std::min(std::ceil(size * (1 - kRounding)), kSizeMax)));
  }
}

HyperbandSchedule::Rung* HyperbandSchedule::Find(const Known& known) {
  const auto found = brackets_.find(known.bracket);
  return found == brackets_.end() ? nullptr : &found->second[known.level - known.bracket.second];
}

void HyperbandSchedule::Start(std::uint64_t ordinal, const PlannedTrial& trial) {
  Known known{.bracket = {}, .level = trial.level};
  if (trial.parent != 0) {
    const auto found = trials_.find(trial.parent);
    if (found == trials_.end() || trial.level != found->second.level + 1) {
      return;
    }
    Known& parent = found->second;
    known.bracket = parent.bracket;
    parent.has_advanced = true;
    if (Rung* const rung = Find(parent); rung != nullptr && parent.has_ended) {
      rung->waiting.erase({parent.value, trial.parent});
    }
  } else {
    known.bracket = {roots_[trial.level]++ / sizes_[trial.level], trial.level};
    brackets_.try_emplace(known.bracket, levels_ - trial.level);
  }
  Rung* const rung = Find(known);
  if (rung != nullptr && trials_.emplace(ordinal, known).second) {
    ++rung->started;
  }
}

void HyperbandSchedule::End(std::uint64_t ordinal, double value) {
  const auto found = trials_.find(ordinal);
  if (found == trials_.end() || found->second.has_ended) {
    return;
  }
  Known& known = found->second;
  known.has_ended = true;
  known.value = value;
  Rung* const rung = Find(known);
  if (rung == nullptr) {
    return;
  }
  ++rung->ended;
  if (value < kFailedValue) {
    ++rung->valid;
    if (!known.has_advanced) {
      rung->waiting.emplace(value, ordinal);
    }
  }
}

std::vector<PlannedTrial> HyperbandSchedule::Plan(std::size_t count,
                                                  std::vector<std::uint64_t> room) {
  std::vector<PlannedTrial> plan;
  for (auto bracket = brackets_.begin(); bracket != brackets_.end();) {
    const bool is_closed = room[bracket->first.second] == 0;
    const bool goes_on = PlanBracket(bracket->first, bracket->second, is_closed, count, plan);
    bracket = goes_on ? std::next(bracket) : brackets_.erase(bracket);
  }
  PlanNew(count, room, plan);
  return plan;
}

bool HyperbandSchedule::PlanBracket(const Key& key,
                                    const Bracket& bracket,
                                    bool is_closed,
                                    std::size_t count,
                                    std::vector<PlannedTrial>& plan) const {
  const std::uint64_t size =
      is_closed ? std::min(bracket[0].started, sizes_[key.second]) : sizes_[key.second];
  std::uint64_t wanted = size;
  for (std::size_t i = 0; i < bracket.size(); ++i) {
    const Rung& rung = bracket[i];
    if (rung.started < wanted || rung.ended < rung.started) {
      return true;
    }
    // Line 4 and 7: the best floor(n eta^-i) advance.
    const double share = static_cast<double>(size) * std::pow(eta_, -static_cast<double>(i + 1));
    wanted = std::min(static_cast<std::uint64_t>(std::floor(share + kRounding)), rung.valid);
    if (wanted == 0 || i + 1 == bracket.size()) {
      return false;
    }
    auto next = rung.waiting.begin();
    for (std::uint64_t started = bracket[i + 1].started;
         started < wanted && next != rung.waiting.end() && plan.size() < count;
         ++started, ++next) {
      plan.push_back({next->second, key.second + i + 1});
    }
  }
  return false;
}

void HyperbandSchedule::PlanNew(std::size_t count,
                                std::vector<std::uint64_t>& room,
                                std::vector<PlannedTrial>& plan) const {
  std::vector<std::uint64_t> roots = roots_;
  while (plan.size() < count) {
    // The first bracket, in the order in which they begin, that is not full.
    std::optional<Key> first;
    for (std::size_t level = 0; level < levels_; ++level) {
      const Key key{roots[level] / sizes_[level], level};
      if (room[level] > 0 && (!first || key < *first)) {
        first = key;
      }
    }
    if (!first) {
      return;
    }
    plan.push_back({0, first->second});
    ++roots[first->second];
    --room[first->second];
  }
}

}  // namespace hone::algorithms
