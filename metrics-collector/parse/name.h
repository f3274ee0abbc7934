// Names: where the name of a metric stands whole in a line. `train/loss=`, `val.loss=` and
// `macro F1 score=` are other metrics than `loss` and `score`. Pure; what it costs is bounded,
// whatever the line.
#pragma once

#include <cstddef>
#include <string_view>

namespace hone::metrics {

/// True if a name may begin at byte `at`: left of it stands the beginning of the line, a sign, a
/// wide gap, a number, the value of another pair, or a level such as INFO. With `takes_words` any
/// word may stand there that a blank parts from it.
[[nodiscard]] bool BeginsName(std::string_view line, std::size_t at, bool takes_words);

/// Where the name begins whose last word begins at `at`.
[[nodiscard]] std::size_t BeginOfName(std::string_view line, std::size_t at);

}  // namespace hone::metrics
