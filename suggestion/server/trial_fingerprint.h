// TrialFingerprint: by what a trial is known again without decoding it. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace hone::suggestion {

/// A sum of an encoded api.v1.beta1.Trial. The same for the same trial though a client writes the
/// labels of a map in another order each time, as Go's do. Not the same in every process.
std::uint64_t SumOfTrial(std::string_view encoded);

}  // namespace hone::suggestion
