// Names: finds the whole name of a metric in a line. `train/loss=`, `val.loss=` and `macro F1
// score=` are different metrics than `loss` and `score`. Pure; the cost is bounded for any line.
#pragma once

#include <cstddef>
#include <string_view>

namespace hone::metrics {

/// True if a name may begin at byte `at`: left of it is the beginning of the line, a sign, a wide
/// gap, a number, the value of another pair, or a level such as INFO. With `takes_words` also any
/// word followed by a blank.
[[nodiscard]] bool BeginsName(std::string_view line, std::size_t at, bool takes_words);

/// The start of the name whose last word begins at `at`.
[[nodiscard]] std::size_t BeginOfName(std::string_view line, std::size_t at);

}  // namespace hone::metrics
