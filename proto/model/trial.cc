#include "proto/model/trial.h"

#include <charconv>

namespace hone {

bool CanMove(TrialState from, TrialState to) {
  switch (from) {
    case TrialState::kCreated:
      return to == TrialState::kRunning || to == TrialState::kFailed || to == TrialState::kKilled;
    case TrialState::kRunning:
      return to != TrialState::kRunning;
    case TrialState::kFailed:
    case TrialState::kMetricsUnavailable:
      return to == TrialState::kCreated;
    case TrialState::kSucceeded:
    case TrialState::kKilled:
    case TrialState::kEarlyStopped:
      return false;
  }
  return false;
}

std::string Trial::name() const {
  return experiment.name + "-" + std::to_string(ordinal);
}

std::optional<TrialKey> ParseTrialName(const std::string& ns, std::string_view name) {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash == 0) {
    return std::nullopt;
  }
  const std::string_view digits = name.substr(dash + 1);
  TrialKey key{{ns, std::string(name.substr(0, dash))}, 0};
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, key.ordinal);
  if (error != std::errc() || rest != end || key.ordinal == 0 || digits.front() == '0') {
    return std::nullopt;
  }
  return key;
}

}  // namespace hone
