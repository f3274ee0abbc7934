#include "metrics-collector/parse/metric_counter.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <re2/re2.h>

namespace hone::metrics {
namespace {

constexpr std::string_view kWhiteSpace = " \t\n\v\f\r";
constexpr std::size_t kExcerptBytesMax = 80;

bool IsPrintable(char byte) {
  return byte >= ' ' && byte <= '~';
}

/// Valid UTF-8 without NUL: PostgreSQL stores no other text.
bool IsStorable(std::string_view text) {
  static const RE2 storable(R"([^\x00]*)");
  return std::all_of(text.begin(), text.end(), IsPrintable) ||
         RE2::FullMatch(re2::StringPiece(text.data(), text.size()), storable);
}

bool LooksLikeNumber(std::string_view value) {
  const std::size_t first = std::min(value.find_first_not_of("+-."), value.size());
  return first <= 2 && first < value.size() && value[first] >= '0' && value[first] <= '9';
}

}  // namespace

MetricCounter::MetricCounter(std::vector<std::string> names) : names_(std::move(names)) {
  std::erase(names_, "");
  counts_.resize(names_.size());
  units_ = std::make_shared<std::vector<std::optional<std::string>>>(names_.size());
}

MetricCounter MetricCounter::Fresh() const {
  MetricCounter fresh(names_);
  fresh.units_ = units_;
  return fresh;
}

bool MetricCounter::Mentions(std::string_view line) const {
  return std::any_of(names_.begin(), names_.end(), [line](const std::string& name) {
    return line.find(name) != std::string_view::npos;
  });
}

std::optional<std::size_t> MetricCounter::Find(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - names_.begin());
}

void MetricCounter::Append(const Reading& reading,
                           std::vector<Observation>& out,
                           std::string& warning) {
  const std::string& name = names_[reading.metric];
  const std::string_view value = Trim(reading.value);
  if (value.empty()) {
    Warn(warning, "reading metric " + Excerpt(name) + ": it has no value");
    return;
  }
  if (!IsStorable(value)) {
    Warn(warning, "reading metric " + Excerpt(name) + ": its value is not text: " + Excerpt(value));
    return;
  }
  if (LooksLikeNumber(value) && !ParseNumber(value)) {
    Warn(warning,
         "reading metric " + Excerpt(name) + ": " + Excerpt(value) +
             " is kept as text, since it is not a plain number");
  }
  // "nan" has no unit.
  if (const std::optional<double> number = ParseNumber(value); number && std::isfinite(*number)) {
    std::optional<std::string>& unit = (*units_)[reading.metric];
    if (unit && *unit != reading.unit) {
      Warn(warning,
           "reading metric " + Excerpt(name) + ": its unit was " + Excerpt(*unit) + " and is " +
               Excerpt(reading.unit) + " now");
      return;
    }
    unit = reading.unit;
  }
  const std::int64_t count = ++counts_[reading.metric];
  out.push_back({.sequence = ++sequence_,
                 .metric = name,
                 .step = reading.step.value_or(count),
                 .value = std::string(value),
                 .time = reading.time});
}

std::string Excerpt(std::string_view text) {
  std::string excerpt(text.substr(0, kExcerptBytesMax));
  std::replace_if(
      excerpt.begin(), excerpt.end(), [](char byte) { return !IsPrintable(byte); }, '?');
  return '"' + excerpt + (text.size() > kExcerptBytesMax ? "\"..." : "\"");
}

void Warn(std::string& warning, std::string text) {
  if (warning.empty()) {
    warning = std::move(text);
  }
}

std::string_view Trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

}  // namespace hone::metrics
