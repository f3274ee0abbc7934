// The labels by which a suggestion is known again as a trial. They travel from a reply into the
// trial and back with every request; as labels of Kubernetes they are short words.
#pragma once

#include <cstdint>

namespace hone::proto {

/// The trial's number among those that the service suggested, from 1.
inline constexpr char kOrdinalLabel[] = "hone.dev/ordinal";
/// The number of the trial whose checkpoint this one goes on from.
inline constexpr char kParentLabel[] = "hone.dev/parent";
/// No experiment has as many trials.
inline constexpr std::uint64_t kOrdinalMax = std::uint64_t{1} << 32;

}  // namespace hone::proto
