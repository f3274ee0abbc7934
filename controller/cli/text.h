// Text for people: widths as a terminal counts them, and values in words. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/core/result.h"
#include "proto/core/time.h"
#include "proto/model/trial.h"

namespace hone::controller {

/// Columns that UTF-8 text takes on a terminal; a byte that is not UTF-8 takes one.
std::size_t DisplayWidth(std::string_view text);

/// At most `columns` columns of `text`; an ellipsis marks that text was cut off.
std::string Truncate(std::string_view text, std::size_t columns);

/// Truncated or filled with blanks to exactly `columns`.
std::string PadRight(std::string_view text, std::size_t columns);
std::string PadLeft(std::string_view text, std::size_t columns);

/// A line of a page: the title, padded to `columns` but never cut, and the value; both are made
/// printable.
std::string TitledLine(std::string_view title, std::string_view value, std::size_t columns);

/// Makes control characters, line separators and characters that change the direction of writing
/// visible ("\x1b", "\n", "\u202e"), so that a value cannot steer the terminal.
std::string Printable(std::string_view text);

/// As Printable, but line breaks stay.
std::string PrintableLines(std::string_view text);

/// "12ms", "3.4s", "2m05s", "1h02m", "3d04h"
std::string FormatDuration(Duration duration);

/// As FormatDuration, one unit only: "12s", "5m", "3h", "8d".
std::string FormatAge(Duration age);

/// At most six significant digits: "0.9325", "1.2e-05".
std::string FormatShort(double value);

/// A number of more than six significant digits as FormatShort; whole numbers and other text stay
/// as they are.
std::string FormatShort(std::string_view text);

/// "lr=0.01 act=relu", with shortened numbers.
std::string FormatAssignments(const Assignments& assignments);

/// `text` without blanks at its ends.
std::string Trimmed(std::string_view text);

/// The items of "a, b,c", trimmed; one empty item for an empty text.
std::vector<std::string> SplitList(std::string_view text);

/// "30", "30s", "5m", "1h30m", "2d" in seconds; nothing for other texts or if not positive.
std::optional<std::int64_t> ParseSeconds(std::string_view text);
/// The same for the value of a flag; the error says what to write.
Result<std::int64_t> ReadDuration(const std::string& flag, const std::string& text);

}  // namespace hone::controller
