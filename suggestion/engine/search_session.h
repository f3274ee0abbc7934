// SearchSession: an experiment as its algorithm sees it. Reads the search space and the settings
// once, turns trials into what an algorithm observes, and checks what the algorithm answers.
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

/// The seed of an experiment that names none: the same for the same uid everywhere and always.
std::uint64_t SeedOf(const std::string& uid);

class SearchSession {
 public:
  /// kInvalidArgument with everything that is wrong, if the experiment cannot be served.
  static Result<SearchSession> Make(const Experiment& experiment);
  /// For tests: with an algorithm that is not in the catalogue.
  static Result<SearchSession> Make(const Experiment& experiment,
                                    const algorithms::Algorithm& algorithm);

  /// True if this session was made for `experiment` as it is now.
  [[nodiscard]] bool IsOf(const Experiment& experiment) const;
  /// False if the trials so far make no difference to what comes.
  [[nodiscard]] bool LearnsFromTrials() const { return is_adaptive_ || space_size_; }
  /// Tells the algorithm about trials that are new or have changed; those told before as ended are
  /// skipped. False if one of them has been told as ended and has begun again: an algorithm is told
  /// of an end once, so the session has to be made anew.
  bool Observe(std::span<const Trial> trials);
  /// How many trials there are.
  [[nodiscard]] std::uint64_t last_ordinal() const { return last_ordinal_; }
  /// True if results make a difference to what comes.
  [[nodiscard]] bool IsAdaptive() const { return is_adaptive_; }
  /// True if trials may go on from others: which ones, depends on who has ended.
  [[nodiscard]] bool HasParents() const { return has_parents_; }
  /// `count` suggestions unless the space ends or others have to end first. kInternal if the
  /// algorithm answers what it may not.
  [[nodiscard]] Result<SuggestionBatch> Suggest(std::uint64_t first_ordinal, std::size_t count);

  /// The changes of trials up to this one of the store have been observed.
  std::uint64_t cursor = 0;

 private:
  SearchSession(const Experiment& experiment,
                const algorithms::Algorithm& algorithm,
                const algorithms::Problem& problem);
  [[nodiscard]] bool IsNews(const Trial& trial);
  [[nodiscard]] bool HasBegunAgain(const Trial& trial) const;
  /// The objective's value, if the trial has ended with one that counts.
  [[nodiscard]] std::optional<double> ValueOf(const Trial& trial) const;
  [[nodiscard]] algorithms::ObservedTrial ToObserved(const Trial& trial, Point point) const;
  [[nodiscard]] Assignments Format(const Point& point) const;
  [[nodiscard]] std::optional<Point> Parse(const Assignments& assignments) const;
  [[nodiscard]] Status Check(const algorithms::Proposals& proposals, std::size_t count) const;
  /// A parent has ended, or is 0.
  [[nodiscard]] Status CheckParent(std::uint64_t parent) const;
  [[nodiscard]] tl::unexpected<Error> Misbehaved(const std::string& what) const;

  std::string uid_;
  std::int64_t generation_ = 0;
  std::string algorithm_name_;
  bool is_adaptive_ = false;
  bool has_parents_ = false;
  Objective objective_;
  SearchSpace space_;
  /// How points are told to trials; null: parameter by parameter.
  std::shared_ptr<const algorithms::PointCodec> codec_;
  std::optional<std::uint64_t> space_size_;
  std::unique_ptr<algorithms::SearchAlgorithm> algorithm_;
  std::uint64_t last_ordinal_ = 0;
  /// Trials that have not ended yet: few.
  std::unordered_set<std::uint64_t> running_;
  /// Trials that have ended without a value.
  std::unordered_set<std::uint64_t> failed_;
  /// Indices of all points so far, in a finite space.
  std::unordered_set<std::uint64_t> seen_;
};

}  // namespace hone::suggestion
