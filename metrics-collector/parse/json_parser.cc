#include "metrics-collector/parse/json_parser.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace hone::metrics {
namespace {

constexpr std::array<const char*, 4> kReservedKeys = {"timestamp", "step", "global_step", "epoch"};

/// 9999-12-31T23:59:59Z. Larger numbers are milliseconds or invalid.
constexpr double kUnixSecondsMax = 253402300799.0;

/// A whole number, written as 3, 3.0 or "3".
std::optional<std::int64_t> ReadStep(const JsonField& field) {
  const std::string_view text = Trim(field.text);
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error == std::errc() && end == text.data() + text.size()) {
    return whole;
  }
  constexpr double kExactMax = 9007199254740992.0;  // 2^53
  const std::optional<double> number = ParseNumber(text);
  if (number && std::abs(*number) <= kExactMax && std::trunc(*number) == *number) {
    return static_cast<std::int64_t>(*number);
  }
  return std::nullopt;
}

/// The first of step, global_step and epoch that is a whole number, ordered from the finest.
std::optional<std::int64_t> StepOf(std::span<const JsonField> counts) {
  for (const JsonField& field : counts) {
    if (const auto step = ReadStep(field)) {
      return step;
    }
  }
  return std::nullopt;
}

/// RFC 3339, or seconds since 1970 with a fraction.
std::optional<Time> ReadTimestamp(const JsonField& field) {
  if (field.kind == JsonField::Kind::kText) {
    return ParseTime(field.text);
  }
  const std::optional<double> seconds = ParseNumber(field.text);
  if (field.kind != JsonField::Kind::kNumber || !seconds || !(*seconds >= 0) ||
      *seconds > kUnixSecondsMax) {
    return std::nullopt;
  }
  return Time(Duration(std::llround(*seconds * 1e6)));
}

Time TimeOf(const JsonField& field, Time arrival, std::string& warning) {
  if (field.kind == JsonField::Kind::kAbsent) {
    return arrival;
  }
  const std::optional<Time> time = ReadTimestamp(field);
  if (!time) {
    Warn(warning,
         "reading timestamp " + Excerpt(field.text) +
             ": it is neither RFC 3339 nor seconds since 1970; the time of arrival is taken");
  }
  return time.value_or(arrival);
}

}  // namespace

JsonParser::JsonParser(std::vector<std::string> metrics)
    : counter_(std::move(metrics)), keys_(counter_.names()) {
  keys_.insert(keys_.end(), kReservedKeys.begin(), kReservedKeys.end());
}

void JsonParser::Parse(std::string_view line,
                       Time arrival,
                       std::vector<Observation>& out,
                       std::string& warning) {
  warning.clear();
  const std::string_view text = Trim(line);
  const bool looks_like_object = !text.empty() && text.front() == '{';
  if (!looks_like_object && !counter_.Mentions(text)) {
    return;
  }
  std::string fault;
  if (const auto fields = ReadJsonObject(text, keys_, fault)) {
    Append(*fields, arrival, out, warning);
  } else {
    Warn(warning, "reading a JSON object: " + fault);
  }
  if (!warning.empty()) {
    warning += " in line " + Excerpt(text);
  }
}

void JsonParser::Append(const std::vector<JsonField>& fields,
                        Time arrival,
                        std::vector<Observation>& out,
                        std::string& warning) {
  const std::size_t metrics = counter_.names().size();
  const std::span<const JsonField> reserved = std::span(fields).subspan(metrics);
  const std::optional<std::int64_t> step = StepOf(reserved.subspan(1));
  std::optional<Time> time;
  for (std::size_t metric = 0; metric < metrics; ++metric) {
    const JsonField& field = fields[metric];
    if (field.kind == JsonField::Kind::kAbsent) {
      continue;
    }
    if (field.kind == JsonField::Kind::kOther) {
      Warn(warning,
           "reading metric " + Excerpt(counter_.names()[metric]) +
               ": wanted a number or a string, found " + field.text);
      continue;
    }
    if (!time) {
      time = TimeOf(reserved[0], arrival, warning);
    }
    counter_.Append(
        {.metric = metric, .value = field.text, .unit = {}, .step = step, .time = *time},
        out,
        warning);
  }
}

}  // namespace hone::metrics
