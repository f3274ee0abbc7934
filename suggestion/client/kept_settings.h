// KeptSettings: settings of an algorithm into which its service has written where it stands, as
// Katib's hyperband does. They are kept with the trials, in a label of the last one that came with
// them, and so outlive this process. Pure functions.
#pragma once

#include <string>

#include "proto/api/v1beta1/api.pb.h"

namespace hone::suggestion {

/// The label's name. Its text is an object of JSON: names and values.
inline constexpr char kSettingsLabel[] = "hone.dev/algorithm-settings";

[[nodiscard]] std::string WriteSettings(const ::api::v1::beta1::AlgorithmSpec& algorithm);
/// Replaces the settings of `algorithm`; leaves them if `text` is not what WriteSettings writes.
void ReadSettings(const std::string& text, ::api::v1::beta1::AlgorithmSpec& algorithm);

}  // namespace hone::suggestion
