#include "proto/core/time.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace hone {
namespace {

/// The times whose years have four digits.
constexpr Time kFirst{std::chrono::sys_days(std::chrono::year(0) / 1 / 1)};
constexpr Time kEnd{std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1)};

/// Reads exactly `digits` decimal digits from the front of `text`.
std::optional<int> TakeNumber(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) {
    return std::nullopt;
  }
  int value = 0;
  const char* const end = text.data() + digits;
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || text.front() == '-') {
    return std::nullopt;
  }
  text.remove_prefix(digits);
  return value;
}

bool TakeCharacter(std::string_view& text, char upper) {
  if (text.empty() || (text.front() != upper && text.front() != upper + ('a' - 'A'))) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

bool TakeExactly(std::string_view& text, char character) {
  if (text.empty() || text.front() != character) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> TakeDate(std::string_view& text) {
  const auto year = TakeNumber(text, 4);
  const bool first_dash = TakeExactly(text, '-');
  const auto month = TakeNumber(text, 2);
  const bool second_dash = TakeExactly(text, '-');
  const auto day = TakeNumber(text, 2);
  if (!year || !first_dash || !month || !second_dash || !day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date);
}

std::optional<std::chrono::seconds> TakeClock(std::string_view& text) {
  const auto hour = TakeNumber(text, 2);
  const bool first_colon = TakeExactly(text, ':');
  const auto minute = TakeNumber(text, 2);
  const bool second_colon = TakeExactly(text, ':');
  const auto second = TakeNumber(text, 2);
  if (!hour || !first_colon || !minute || !second_colon || !second) {
    return std::nullopt;
  }
  if (*hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

/// ".123456789" -> microseconds; no fraction is zero.
std::optional<Duration> TakeFraction(std::string_view& text) {
  if (!TakeExactly(text, '.')) {
    return Duration(0);
  }
  std::int64_t micros = 0;
  std::int64_t unit = 100'000;
  std::size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    micros += unit * (text.front() - '0');
    unit /= 10;
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0 || digits > 9) {
    return std::nullopt;
  }
  return Duration(micros);
}

/// The offset of "Z" or "+hh:mm", which is subtracted to get UTC.
std::optional<std::chrono::minutes> TakeOffset(std::string_view& text) {
  if (TakeCharacter(text, 'Z')) {
    return std::chrono::minutes(0);
  }
  const bool east = !text.empty() && text.front() == '+';
  if (!TakeExactly(text, '+') && !TakeExactly(text, '-')) {
    return std::nullopt;
  }
  const auto hours = TakeNumber(text, 2);
  const bool colon = TakeExactly(text, ':');
  const auto minutes = TakeNumber(text, 2);
  if (!hours || !colon || !minutes || *hours > 23 || *minutes > 59) {
    return std::nullopt;
  }
  const std::chrono::minutes offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return east ? offset : -offset;
}

}  // namespace

Time SystemClock::Now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Duration SystemClock::Elapsed() const {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

std::string FormatTime(Time time) {
  if (time == Time()) {
    return "";
  }
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(),
                text.size(),
                "%04d-%02u-%02uT%02ld:%02ld:%02ld",
                static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()),
                static_cast<long>(clock.hours().count()),
                static_cast<long>(clock.minutes().count()),
                static_cast<long>(clock.seconds().count()));
  std::string result(text.data());
  const auto micros = static_cast<long>(clock.subseconds().count());
  if (micros % 1000 != 0) {
    std::snprintf(text.data(), text.size(), ".%06ld", micros);
    result += text.data();
  } else if (micros != 0) {
    std::snprintf(text.data(), text.size(), ".%03ld", micros / 1000);
    result += text.data();
  }
  return result + "Z";
}

std::optional<Time> ParseTime(std::string_view text) {
  const auto date = TakeDate(text);
  if (!date || !TakeCharacter(text, 'T')) {
    return std::nullopt;
  }
  const auto clock = TakeClock(text);
  if (!clock) {
    return std::nullopt;
  }
  const auto fraction = TakeFraction(text);
  if (!fraction) {
    return std::nullopt;
  }
  const auto offset = TakeOffset(text);
  if (!offset || !text.empty()) {
    return std::nullopt;
  }
  const Time time(date->time_since_epoch() + *clock + *fraction - *offset);
  if (time < kFirst || time >= kEnd) {
    return std::nullopt;
  }
  return time;
}

}  // namespace hone
