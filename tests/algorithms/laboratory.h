// Laboratory: an algorithm with simulated trials, some of which run at a time, and whose results
// are a function of their points. It keeps the whole history, so that a fresh algorithm can be
// compared with the old one. For tests.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/algorithms/problems.h"

namespace hone::algorithms {

class Laboratory {
 public:
  /// The result of a trial: nothing if it fails.
  using Loss = std::function<std::optional<double>(const ObservedTrial& trial)>;

  Laboratory(std::string_view name, const Problem& problem, Loss loss)
      : name_(name), problem_(problem), loss_(std::move(loss)), search_(Make()) {}

  [[nodiscard]] const std::vector<ObservedTrial>& trials() const { return trials_; }
  [[nodiscard]] const ObservedTrial& trial(std::uint64_t ordinal) const {
    return trials_.at(ordinal - 1);
  }
  [[nodiscard]] std::size_t running() const { return running_.size(); }
  [[nodiscard]] bool has_ended() const { return has_ended_; }

  /// Starts as many trials as the algorithm proposes, at most `count`.
  std::size_t Start(std::size_t count) {
    const Proposals proposals = search_->Suggest(trials_.size() + 1, count);
    has_ended_ = proposals.space_ended;
    for (const Proposal& proposal : proposals.list) {
      ObservedTrial trial{trials_.size() + 1, proposal.point, {}, {}, {}, proposal.parent};
      EXPECT_TRUE(problem_.space.Contains(trial.point));
      EXPECT_TRUE(trial.parent == 0 || this->trial(trial.parent).outcome == Outcome::kComplete);
      running_.push_back(trial.ordinal);
      search_->Observe({&trial, 1});
      trials_.push_back(std::move(trial));
    }
    return proposals.list.size();
  }

  /// Ends the running trial number `index`, counted from the oldest.
  void End(std::size_t index = 0) {
    const auto place = running_.begin() + static_cast<std::ptrdiff_t>(index);
    ObservedTrial& trial = trials_.at(*place - 1);
    running_.erase(place);
    const std::optional<double> value = loss_(trial);
    trial.outcome = value ? Outcome::kComplete : Outcome::kFailed;
    if (value) {
      trial.objectives = {*value};
    }
    search_->Observe({&trial, 1});
  }

  /// Keeps `parallel` trials running until there are `count`, or the algorithm has no more points.
  /// They end in a mixed order; `after_each` is called after every end.
  void Run(
      std::size_t count,
      std::size_t parallel,
      const std::function<void()>& after_each = [] {}) {
    while (true) {
      const std::size_t free = parallel - running_.size();
      const std::size_t left = count - trials_.size();
      if (std::min(free, left) > 0) {
        Start(std::min(free, left));
      }
      if (running_.empty()) {
        return;
      }
      End(trials_.size() * 7 % running_.size());
      after_each();
    }
  }

  /// The next proposals, and those of a fresh algorithm that observes the history in reverse order.
  [[nodiscard]] Proposals Next(std::size_t count) {
    return search_->Suggest(trials_.size() + 1, count);
  }
  [[nodiscard]] Proposals NextAfterARestart(std::size_t count) const {
    const auto fresh = Make();
    std::vector<ObservedTrial> backwards(trials_.rbegin(), trials_.rend());
    for (const ObservedTrial& trial : backwards) {
      fresh->Observe({&trial, 1});
    }
    return fresh->Suggest(trials_.size() + 1, count);
  }

  /// How many trials have this value of parameter `index`.
  [[nodiscard]] std::size_t CountAt(std::size_t index, double value) const {
    return static_cast<std::size_t>(
        std::count_if(trials_.begin(), trials_.end(), [&](const ObservedTrial& trial) {
          return trial.point[index] == value;
        }));
  }

 private:
  [[nodiscard]] std::unique_ptr<SearchAlgorithm> Make() const {
    return MakeAlgorithm(name_, problem_);
  }

  std::string name_;
  Problem problem_;
  Loss loss_;
  std::unique_ptr<SearchAlgorithm> search_;
  std::vector<ObservedTrial> trials_;
  std::vector<std::uint64_t> running_;
  bool has_ended_ = false;
};

/// Expects equal proposals.
inline void ExpectSame(const Proposals& a, const Proposals& b) {
  ASSERT_EQ(PointsOf(a), PointsOf(b));
  EXPECT_EQ(a.space_ended, b.space_ended);
  for (std::size_t i = 0; i < a.list.size(); ++i) {
    EXPECT_EQ(a.list[i].parent, b.list[i].parent);
  }
}

}  // namespace hone::algorithms
