// TrialFingerprint: recognises a trial by its bytes, without decoding it. Pure; any thread.
#pragma once

#include <string_view>

#include "proto/core/fingerprint.h"

namespace hone::suggestion {

/// Of an encoded api.v1.beta1.Trial: the sum of those of its fields. The same for the same trial
/// though a client writes the labels of a map in another order each time, as Go's do.
Fingerprint FingerprintOfTrial(std::string_view encoded);

}  // namespace hone::suggestion
