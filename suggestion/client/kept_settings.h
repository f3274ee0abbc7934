// KeptSettings: settings of an algorithm in which its service stores its own state, as Katib's
// hyperband does. They are stored with the trials, in a label of the last trial suggested together
// with them, and so outlive this process. Pure functions.
#pragma once

#include <string>

#include "proto/api/v1beta1/api.pb.h"

namespace hone::suggestion {

/// The label's name. Its value is a JSON object of names and values.
inline constexpr char kSettingsLabel[] = "hone.dev/algorithm-settings";

[[nodiscard]] std::string WriteSettings(const ::api::v1::beta1::AlgorithmSpec& algorithm);
/// Replaces the settings of `algorithm`; leaves them unchanged if WriteSettings did not write
/// `text`.
void ReadSettings(const std::string& text, ::api::v1::beta1::AlgorithmSpec& algorithm);

}  // namespace hone::suggestion
