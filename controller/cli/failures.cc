#include "controller/cli/failures.h"

#include <algorithm>
#include <map>

namespace hone::controller {
namespace {

constexpr std::size_t kTrialsRead = 1000;

/// The message with each number as one '#': "lr=0.01 is too small" and "lr=0.02 is too small" are
/// alike.
std::string WithoutNumbers(const std::string& message) {
  std::string text;
  bool in_number = false;
  for (const char c : message) {
    const bool is_digit = c >= '0' && c <= '9';
    in_number = is_digit || (in_number && (c == '.' || c == 'e' || c == '-'));
    if (!in_number) {
      text += c;
    } else if (!text.ends_with('#')) {
      text += '#';
    }
  }
  return text;
}

}  // namespace

Result<std::vector<FailureKind>> ReadFailures(db::Store& store, const Experiment& experiment) {
  std::vector<FailureKind> kinds;
  if (experiment.status.counts.Failures() == 0) {
    return kinds;
  }
  HONE_ASSIGN_OR_RETURN(
      const std::vector<Trial> trials,
      store.ListTrials({.experiment = experiment.key,
                        .states = {TrialState::kFailed, TrialState::kMetricsUnavailable},
                        .limit = kTrialsRead}));
  std::map<std::string, std::size_t> places;
  for (const Trial& trial : trials) {
    const auto [place, is_new] = places.emplace(WithoutNumbers(trial.message), kinds.size());
    if (is_new) {
      kinds.push_back({trial.message, trial.name(), 0});
    }
    ++kinds[place->second].trials;
  }
  std::stable_sort(kinds.begin(), kinds.end(), [](const FailureKind& a, const FailureKind& b) {
    return a.trials > b.trials;
  });
  return kinds;
}

bool EndedWithoutResult(const Experiment& experiment) {
  return experiment.status.IsCompleted() && !experiment.status.optimal;
}

}  // namespace hone::controller
