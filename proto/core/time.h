// Instants and their text form. A Time is microseconds since the Unix epoch, UTC; the zero value
// means "not set". Clock is the interface through which all code reads the time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hone {

using Duration = std::chrono::microseconds;
using Time = std::chrono::sys_time<Duration>;

/// The time now. Only implementations of Clock read the system's clocks.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall-clock time; may jump.
  [[nodiscard]] virtual Time Now() const = 0;
  /// Time since an arbitrary start; never goes back. For durations and deadlines in memory.
  [[nodiscard]] virtual Duration Elapsed() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time Now() const override;
  [[nodiscard]] Duration Elapsed() const override;
};

/// "2026-11-22T12:28:06Z", with a fraction of 3 or 6 digits only if there is one. Zero is "".
std::string FormatTime(Time time);

/// Reads RFC 3339 with "Z" or an offset and 0 to 9 fractional digits (beyond 6 are cut off).
/// Nothing if the text is not exactly that, or lies outside the years 0 to 9999 in UTC.
std::optional<Time> ParseTime(std::string_view text);

}  // namespace hone
