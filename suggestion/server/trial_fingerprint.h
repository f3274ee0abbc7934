// TrialFingerprint: recognises a trial by its bytes, without decoding it. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace hone::suggestion {

/// A hash of an encoded api.v1.beta1.Trial. It does not depend on the order of the labels, since
/// some clients write a map in another order each time, as Go's do. It differs between processes.
std::uint64_t SumOfTrial(std::string_view encoded);

}  // namespace hone::suggestion
