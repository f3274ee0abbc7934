// TrialFingerprint: recognises a trial by its bytes, without decoding it. Pure; any thread.
#pragma once

#include <string_view>

#include "proto/core/fingerprint.h"

namespace hone::suggestion {

/// The fingerprint of an encoded api.v1.beta1.Trial: the sum of those of its fields. It does not
/// depend on the order of the labels, since some clients write a map in another order each time, as
/// Go's do.
Fingerprint FingerprintOfTrial(std::string_view encoded);

}  // namespace hone::suggestion
