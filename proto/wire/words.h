// Conversion between the enumerations of api.v1beta1 and those of proto/model. Belongs to
// proto/wire.
#pragma once

#include "proto/api/v1beta1/api.pb.h"
#include "proto/model/objective.h"
#include "proto/model/parameter_spec.h"
#include "proto/model/trial.h"

namespace hone::proto {

namespace api = ::api::v1::beta1;

/// A pair of a two-way table. Values without a partner become `fallback`.
template <typename Ours, typename Theirs>
struct WordPair {
  Ours ours;
  Theirs theirs;
};

inline constexpr WordPair<ParameterType, api::ParameterType> kParameterTypes[] = {
    {ParameterType::kDouble, api::DOUBLE},
    {ParameterType::kInt, api::INT},
    {ParameterType::kDiscrete, api::DISCRETE},
    {ParameterType::kCategorical, api::CATEGORICAL},
    {ParameterType::kUnset, api::UNKNOWN_TYPE},
};
inline constexpr WordPair<Distribution, api::Distribution> kDistributions[] = {
    {Distribution::kUniform, api::UNIFORM},
    {Distribution::kLogUniform, api::LOG_UNIFORM},
    {Distribution::kNormal, api::NORMAL},
    {Distribution::kLogNormal, api::LOG_NORMAL},
    {Distribution::kUnset, api::DISTRIBUTION_UNSPECIFIED},
};
inline constexpr WordPair<ObjectiveType, api::ObjectiveType> kObjectiveTypes[] = {
    {ObjectiveType::kMinimize, api::MINIMIZE},
    {ObjectiveType::kMaximize, api::MAXIMIZE},
    {ObjectiveType::kUnset, api::UNKNOWN},
};
/// Katib's client sends UNKNOWN when it does not know the state: the trial may still run.
inline constexpr WordPair<TrialState, api::TrialStatus::TrialConditionType> kTrialStates[] = {
    {TrialState::kCreated, api::TrialStatus::CREATED},
    {TrialState::kRunning, api::TrialStatus::RUNNING},
    {TrialState::kSucceeded, api::TrialStatus::SUCCEEDED},
    {TrialState::kKilled, api::TrialStatus::KILLED},
    {TrialState::kFailed, api::TrialStatus::FAILED},
    {TrialState::kMetricsUnavailable, api::TrialStatus::METRICSUNAVAILABLE},
    {TrialState::kEarlyStopped, api::TrialStatus::EARLYSTOPPED},
    {TrialState::kRunning, api::TrialStatus::UNKNOWN},
};

template <typename Ours, typename Theirs, std::size_t count>
constexpr Ours FromWire(const WordPair<Ours, Theirs> (&pairs)[count], int theirs, Ours fallback) {
  for (const auto& pair : pairs) {
    if (static_cast<int>(pair.theirs) == theirs) {
      return pair.ours;
    }
  }
  return fallback;
}

template <typename Ours, typename Theirs, std::size_t count>
constexpr Theirs ToWire(const WordPair<Ours, Theirs> (&pairs)[count], Ours ours, Theirs fallback) {
  for (const auto& pair : pairs) {
    if (pair.ours == ours) {
      return pair.theirs;
    }
  }
  return fallback;
}

}  // namespace hone::proto
