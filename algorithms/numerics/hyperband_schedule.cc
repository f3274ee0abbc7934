#include "algorithms/numerics/hyperband_schedule.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace hone::algorithms {
namespace {

/// Maximum rounding error by which a power of eta may miss a whole number.
constexpr double kRounding = 1e-9;
/// Larger than any real number of configurations.
constexpr double kSizeMax = 1e15;

}  // namespace

HyperbandSchedule::HyperbandSchedule(double eta,
                                     std::size_t levels,
                                     std::optional<std::uint64_t> max_trials)
    : eta_(eta), levels_(levels), max_trials_(max_trials), roots_(levels) {
  for (std::size_t level = 0; level < levels; ++level) {
    // Line 2: n = ceil(B / R * eta^s / (s + 1)) with B = (s_max + 1) R.
    const auto s = static_cast<double>(levels - 1 - level);
    const double size = static_cast<double>(levels) / (s + 1) * std::pow(eta, s);
    sizes_.push_back(
        static_cast<std::uint64_t>(std::min(std::ceil(size * (1 - kRounding)), kSizeMax)));
  }
}

// Lines 4 and 7: the best floor(n eta^-i) advance.
std::uint64_t HyperbandSchedule::SizeOfRung(std::uint64_t size, std::size_t rung) const {
  const double share = static_cast<double>(size) * std::pow(eta_, -static_cast<double>(rung));
  return static_cast<std::uint64_t>(std::floor(share + kRounding));
}

std::uint64_t HyperbandSchedule::SizeNow(const Key& key,
                                         const Bracket& bracket,
                                         std::span<const std::uint64_t> room) const {
  const std::uint64_t size = sizes_[key.second];
  return room[key.second] == 0 ? std::min(bracket[0].started, size) : size;
}

std::uint64_t HyperbandSchedule::TrialsOfBracket(std::size_t level) const {
  std::uint64_t trials = 0;
  for (std::size_t rung = 0; level + rung < levels_; ++rung) {
    trials += SizeOfRung(sizes_[level], rung);
  }
  return trials;
}

std::uint64_t HyperbandSchedule::Owed(std::span<const std::uint64_t> room) const {
  std::uint64_t owed = 0;
  for (const auto& [key, bracket] : brackets_) {
    if (key.second + 1 == levels_) {
      continue;  // nothing advances from it, so it may be left at any size
    }
    const std::uint64_t whole = SizeNow(key, bracket, room);
    std::uint64_t most = whole;  // the maximum that the rung below lets through
    for (std::size_t i = 0; i < bracket.size(); ++i) {
      const Rung& rung = bracket[i];
      const std::uint64_t size = std::min(SizeOfRung(whole, i), most);
      owed += size - std::min(size, rung.started);
      const bool has_ended = rung.started >= size && rung.ended == rung.started;
      most = has_ended ? rung.valid : size;
    }
  }
  return owed;
}

HyperbandSchedule::Rung* HyperbandSchedule::Find(const Known& known) {
  const auto found = brackets_.find(known.bracket);
  return found == brackets_.end() ? nullptr : &found->second[known.level - known.bracket.second];
}

void HyperbandSchedule::Start(std::uint64_t ordinal, const PlannedTrial& trial) {
  last_ordinal_ = std::max(last_ordinal_, ordinal);
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
    ++running_;
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
  --running_;
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
    const std::uint64_t size = SizeNow(bracket->first, bracket->second, room);
    const bool goes_on = PlanBracket(bracket->first, bracket->second, size, count, plan);
    bracket = goes_on ? std::next(bracket) : brackets_.erase(bracket);
  }
  PlanNew(count, room, plan);
  return plan;
}

bool HyperbandSchedule::PlanBracket(const Key& key,
                                    const Bracket& bracket,
                                    std::uint64_t size,
                                    std::size_t count,
                                    std::vector<PlannedTrial>& plan) const {
  std::uint64_t wanted = size;
  for (std::size_t i = 0; i < bracket.size(); ++i) {
    const Rung& rung = bracket[i];
    if (rung.started < wanted || rung.ended < rung.started) {
      return true;
    }
    wanted = std::min(SizeOfRung(size, i + 1), rung.valid);
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

std::uint64_t HyperbandSchedule::ClaimOf(std::size_t level, std::uint64_t begun) const {
  // On the highest level each trial is complete by itself.
  if (level + 1 == levels_) {
    return 1;
  }
  return begun % sizes_[level] == 0 ? TrialsOfBracket(level) : 0;
}

bool HyperbandSchedule::MayBegin(std::size_t level,
                                 std::uint64_t begun,
                                 std::uint64_t claimed) const {
  const std::uint64_t claim = ClaimOf(level, begun);
  const bool is_alone = level + 1 == levels_ && running_ == 0;
  return !max_trials_ || claim == 0 || is_alone || claimed + claim <= *max_trials_;
}

std::optional<std::size_t> HyperbandSchedule::FirstOpen(const std::vector<std::uint64_t>& roots,
                                                        const std::vector<std::uint64_t>& room,
                                                        std::uint64_t claimed) const {
  std::optional<Key> first;
  for (std::size_t level = 0; level < levels_; ++level) {
    const Key key{roots[level] / sizes_[level], level};
    if (room[level] > 0 && (!first || key < *first) && MayBegin(level, roots[level], claimed)) {
      first = key;
    }
  }
  return first ? std::optional(first->second) : std::nullopt;
}

void HyperbandSchedule::PlanNew(std::size_t count,
                                std::vector<std::uint64_t>& room,
                                std::vector<PlannedTrial>& plan) const {
  std::vector<std::uint64_t> roots = roots_;
  // Trials that exist or are owed to begun brackets. Trials that advance in this plan still count
  // as owed.
  std::uint64_t claimed = last_ordinal_ + Owed(room);
  while (plan.size() < count) {
    const std::optional<std::size_t> level = FirstOpen(roots, room, claimed);
    if (!level) {
      return;
    }
    claimed += ClaimOf(*level, roots[*level]);
    plan.push_back({0, *level});
    ++roots[*level];
    --room[*level];
  }
}

}  // namespace hone::algorithms
