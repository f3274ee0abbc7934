// The labels that connect a trial with its suggestion. They are sent with the reply, become labels
// of the trial, and come back with every request; as labels of Kubernetes they are short words.
// Constants.
#pragma once

#include <cstdint>

namespace hone::proto {

/// The ordinal of the trial among the service's suggestions, from 1.
inline constexpr char kOrdinalLabel[] = "hone.dev/ordinal";
/// The ordinal of the trial from whose checkpoint this one goes on.
inline constexpr char kParentLabel[] = "hone.dev/parent";
/// Larger ordinals are rejected: no experiment has as many trials.
inline constexpr std::uint64_t kOrdinalMax = std::uint64_t{1} << 32;

}  // namespace hone::proto
