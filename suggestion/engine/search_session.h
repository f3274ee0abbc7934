// SearchSession: an experiment as its algorithm sees it. Reads the search space and the settings
// once, converts trials into the algorithm's observations, and checks the algorithm's answers.
// Belongs to the engine; not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>

#include "algorithms/algorithm.h"
#include "proto/core/result.h"
#include "proto/model/objective.h"
#include "proto/model/suggestion.h"
#include "proto/model/trial.h"

namespace hone {
struct Experiment;
}

namespace hone::suggestion {

/// The seed of an experiment that specifies none: always the same for the same uid.
std::uint64_t SeedOf(const std::string& uid);

class SearchSession {
 public:
  /// Error: kInvalidArgument, with everything that is wrong, if the experiment cannot be served.
  static Result<SearchSession> Make(const Experiment& experiment);
  /// For tests: uses an algorithm that is not in the catalogue.
  static Result<SearchSession> Make(const Experiment& experiment,
                                    const algorithms::Algorithm& algorithm);

  /// True if this session was made for the current version of `experiment`.
  [[nodiscard]] bool IsOf(const Experiment& experiment) const;
  /// False if the trials so far do not affect later suggestions.
  [[nodiscard]] bool LearnsFromTrials() const { return is_adaptive_ || space_size_; }
  /// Tells the algorithm about trials that are new or have changed; trials that it was told of as
  /// ended are skipped. False if such a trial has begun again: an algorithm is told of an end only
  /// once, so the caller has to make a new session.
  bool Observe(std::span<const Trial> trials);
  /// The number of trials.
  [[nodiscard]] std::uint64_t last_ordinal() const { return last_ordinal_; }
  /// True if results affect later suggestions.
  [[nodiscard]] bool IsAdaptive() const { return is_adaptive_; }
  /// True if trials may go on from others: the possible parents depend on which trials have ended.
  [[nodiscard]] bool HasParents() const { return has_parents_; }
  /// `count` suggestions, or fewer if the space ends or running trials have to end first. Error:
  /// kInternal if the algorithm's answer is not valid.
  [[nodiscard]] Result<SuggestionBatch> Suggest(std::uint64_t first_ordinal, std::size_t count);

  /// Position in the store's log: changes of trials up to here have been observed.
  std::uint64_t cursor = 0;

 private:
  SearchSession(const Experiment& experiment,
                const algorithms::Algorithm& algorithm,
                const algorithms::Problem& problem);
  [[nodiscard]] bool IsNews(const Trial& trial);
  [[nodiscard]] bool HasBegunAgain(const Trial& trial) const;
  /// The objective's value, if the trial has ended with a value that counts.
  [[nodiscard]] std::optional<double> ValueOf(const Trial& trial) const;
  [[nodiscard]] algorithms::ObservedTrial ToObserved(const Trial& trial, Point point) const;
  [[nodiscard]] Assignments Format(const Point& point) const;
  [[nodiscard]] std::optional<Point> Parse(const Assignments& assignments) const;
  [[nodiscard]] Status Check(const algorithms::Proposals& proposals, std::size_t count) const;
  /// An error unless the parent has ended, or is 0.
  [[nodiscard]] Status CheckParent(std::uint64_t parent) const;
  [[nodiscard]] tl::unexpected<Error> Misbehaved(const std::string& what) const;

  std::string uid_;
  std::int64_t generation_ = 0;
  std::string algorithm_name_;
  bool is_adaptive_ = false;
  bool has_parents_ = false;
  Objective objective_;
  SearchSpace space_;
  /// Converts points to assignments; null: parameter by parameter.
  std::shared_ptr<const algorithms::PointCodec> codec_;
  std::optional<std::uint64_t> space_size_;
  std::unique_ptr<algorithms::SearchAlgorithm> algorithm_;
  std::uint64_t last_ordinal_ = 0;
  /// Trials that have not ended.
  std::unordered_set<std::uint64_t> running_;
  /// Trials that have ended without a value.
  std::unordered_set<std::uint64_t> failed_;
  /// Indices of all points so far, in a finite space.
  std::unordered_set<std::uint64_t> seen_;
};

}  // namespace hone::suggestion
