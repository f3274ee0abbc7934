#include "suggestion/engine/search_session.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "algorithms/catalogue.h"
#include "proto/model/experiment.h"
#include "proto/model/observation.h"

namespace hone::suggestion {
namespace {

using algorithms::Algorithm;
using algorithms::ObservedTrial;
using algorithms::Outcome;
using algorithms::Problem;
using algorithms::Proposal;
using algorithms::Proposals;
using algorithms::Provenance;

Result<const Algorithm*> FindAlgorithm(const ExperimentSpec& spec) {
  if (!spec.algorithm) {
    return Fail(Code::kInvalidArgument, "spec.algorithm: names no algorithm");
  }
  const Algorithm* algorithm = algorithms::Find(spec.algorithm->name);
  if (algorithm == nullptr) {
    return Fail(Code::kInvalidArgument,
                "spec.algorithm.algorithmName: unknown algorithm \"" + spec.algorithm->name + "\"");
  }
  return algorithm;
}

Result<Problem> ReadProblem(const Experiment& experiment, const Algorithm& algorithm) {
  FieldErrors errors;
  auto problem =
      algorithms::ReadProblem(experiment.spec, algorithm, SeedOf(experiment.uid), errors);
  if (!problem) {
    return Fail(Code::kInvalidArgument, Join(errors));
  }
  return *std::move(problem);
}

/// The labels that show the origin of a proposal to users.
std::map<std::string, std::string> Labels(const Provenance& why) {
  std::map<std::string, std::string> labels{
      {"hone.dev/origin", std::string(algorithms::ToText(why.origin))}};
  if (!why.algorithm.empty()) {
    labels.emplace("hone.dev/algorithm", why.algorithm);
  }
  if (why.acquisition) {
    labels.emplace("hone.dev/acquisition", FormatNumber(*why.acquisition));
  }
  return labels;
}

}  // namespace

// FNV-1a: Fowler, Noll, Vo 1991. Part of what makes a run repeatable: never to be changed.
std::uint64_t SeedOf(const std::string& uid) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : uid) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  }
  return hash;
}

Result<SearchSession> SearchSession::Make(const Experiment& experiment) {
  HONE_ASSIGN_OR_RETURN(const Algorithm* algorithm, FindAlgorithm(experiment.spec));
  return Make(experiment, *algorithm);
}

Result<SearchSession> SearchSession::Make(const Experiment& experiment,
                                          const Algorithm& algorithm) {
  const ExperimentSpec& spec = experiment.spec;
  if (spec.parameters.empty() != spec.nas_config.has_value() || !spec.objective) {
    return Fail(Code::kInvalidArgument,
                "spec: search needs parameters or a nasConfig, not both, and an objective");
  }
  HONE_ASSIGN_OR_RETURN(const Problem problem, ReadProblem(experiment, algorithm));
  return SearchSession(experiment, algorithm, problem);
}

SearchSession::SearchSession(const Experiment& experiment,
                             const Algorithm& algorithm,
                             const Problem& problem)
    : uid_(experiment.uid),
      generation_(experiment.generation),
      algorithm_name_(algorithm.name),
      is_adaptive_(algorithm.is_adaptive),
      has_parents_(algorithm.has_parents),
      objective_(*experiment.spec.objective),
      space_(problem.space),
      codec_(problem.codec),
      space_size_(problem.space.Cardinality()),
      algorithm_(algorithm.make(problem)) {}

bool SearchSession::IsOf(const Experiment& experiment) const {
  return uid_ == experiment.uid && generation_ == experiment.generation;
}

bool SearchSession::Observe(std::span<const Trial> trials) {
  std::vector<ObservedTrial> observed;
  observed.reserve(trials.size());
  for (const Trial& trial : trials) {
    if (HasBegunAgain(trial)) {
      return false;
    }
    if (!IsNews(trial)) {
      continue;
    }
    auto point = Parse(trial.assignments);
    if (!point) {  // outside the space: an algorithm can neither learn from it nor repeat it
      continue;
    }
    if (space_size_) {
      seen_.insert(space_.IndexOf(*point));
    }
    observed.push_back(ToObserved(trial, *std::move(point)));
  }
  if (!observed.empty()) {
    algorithm_->Observe(observed);
  }
  return true;
}

// An ended trial runs again only if it failed without a value and a user has it retried.
bool SearchSession::HasBegunAgain(const Trial& trial) const {
  if (trial.ordinal > last_ordinal_ || running_.contains(trial.ordinal)) {
    return false;
  }
  return !IsTerminal(trial.state) || (failed_.contains(trial.ordinal) && ValueOf(trial));
}

// True if the algorithm has not been told of the trial in this state.
bool SearchSession::IsNews(const Trial& trial) {
  const bool is_new = trial.ordinal > last_ordinal_;
  last_ordinal_ = std::max(last_ordinal_, trial.ordinal);
  if (IsTerminal(trial.state)) {
    if (!ValueOf(trial)) {
      failed_.insert(trial.ordinal);
    }
    return running_.erase(trial.ordinal) > 0 || is_new;
  }
  if (is_new) {
    running_.insert(trial.ordinal);
  }
  return is_new;
}

std::optional<double> SearchSession::ValueOf(const Trial& trial) const {
  const bool may_count =
      trial.state == TrialState::kSucceeded || trial.state == TrialState::kEarlyStopped;
  return may_count ? ObjectiveValue(objective_, trial.metrics) : std::nullopt;
}

ObservedTrial SearchSession::ToObserved(const Trial& trial, Point point) const {
  ObservedTrial observed{trial.ordinal, std::move(point), Outcome::kRunning, {}, {}, trial.parent};
  if (!IsTerminal(trial.state)) {
    return observed;
  }
  const std::optional<double> value = ValueOf(trial);
  if (!value) {
    observed.outcome = Outcome::kFailed;
    return observed;
  }
  observed.outcome =
      trial.state == TrialState::kSucceeded ? Outcome::kComplete : Outcome::kStoppedEarly;
  observed.objectives = {objective_.type == ObjectiveType::kMaximize ? -*value : *value};
  return observed;
}

Result<SuggestionBatch> SearchSession::Suggest(std::uint64_t first_ordinal, std::size_t count) {
  const Proposals proposals = algorithm_->Suggest(first_ordinal, count);
  HONE_RETURN_IF_ERROR(Check(proposals, count));
  SuggestionBatch batch;
  batch.space_ended = proposals.space_ended;
  batch.suggestions.reserve(proposals.list.size());
  for (const Proposal& proposal : proposals.list) {
    batch.suggestions.push_back({Format(proposal.point), proposal.parent, Labels(proposal.why)});
  }
  return batch;
}

Assignments SearchSession::Format(const Point& point) const {
  return codec_ ? codec_->Format(point) : space_.Format(point);
}

std::optional<Point> SearchSession::Parse(const Assignments& assignments) const {
  return codec_ ? codec_->Parse(assignments) : space_.Parse(assignments);
}

Status SearchSession::Check(const Proposals& proposals, std::size_t count) const {
  const std::size_t size = proposals.list.size();
  const bool is_short = size < count && !proposals.space_ended;
  if (size > count || (is_short && size == 0 && running_.empty())) {
    return Misbehaved("gave " + std::to_string(size) + " points where " + std::to_string(count) +
                      " were asked for");
  }
  std::unordered_set<std::uint64_t> taken;
  for (const Proposal& proposal : proposals.list) {
    if (!space_.Contains(proposal.point)) {
      return Misbehaved("gave a point outside the search space");
    }
    HONE_RETURN_IF_ERROR(CheckParent(proposal.parent));
    if (!space_size_ || proposal.parent != 0) {
      continue;
    }
    const std::uint64_t index = space_.IndexOf(proposal.point);
    if (seen_.contains(index) || !taken.insert(index).second) {
      return Misbehaved("gave a point twice, number " + std::to_string(index) + " of " +
                        std::to_string(*space_size_));
    }
  }
  return {};
}

Status SearchSession::CheckParent(std::uint64_t parent) const {
  if (parent > last_ordinal_) {
    return Misbehaved("named a parent that does not exist, number " + std::to_string(parent));
  }
  if (running_.contains(parent)) {
    return Misbehaved("named a parent that has not ended, number " + std::to_string(parent));
  }
  return {};
}

tl::unexpected<Error> SearchSession::Misbehaved(const std::string& what) const {
  return Fail(Code::kInternal, "algorithm " + algorithm_name_ + ": " + what);
}

}  // namespace hone::suggestion
