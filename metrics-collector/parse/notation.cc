#include "metrics-collector/parse/notation.h"

#include <algorithm>
#include <array>
#include <optional>

#include "metrics-collector/parse/characters.h"
#include "metrics-collector/parse/name.h"

namespace hone::metrics {
namespace {

constexpr std::array<Notation, 8> kNotations = {{
    {.format = MetricsFormat::kText, .has_equals = true},
    {.format = MetricsFormat::kKeras,
     .has_colons = true,
     .has_wide_colons = true,
     .waits_for_bars = true},
    {.format = MetricsFormat::kLightning,
     .has_equals = true,
     .has_colons = true,
     .has_wide_colons = true,
     .has_cells = true,
     .waits_for_bars = true},
    {.format = MetricsFormat::kHuggingFace,
     .has_equals = true,
     .has_colons = true,
     .has_wide_colons = true,
     .is_quoted = true,
     .mark = "{'"},
    {.format = MetricsFormat::kXgboost, .has_colons = true, .has_spread = true, .mark = "]\t"},
    {.format = MetricsFormat::kLightgbm,
     .has_colons = true,
     .has_wide_colons = true,
     .mark = "'s "},
    {.format = MetricsFormat::kTqdm,
     .has_equals = true,
     .has_colons = true,
     .has_wide_colons = true,
     .mark = "it/s"},
    {.format = MetricsFormat::kLogfmt, .has_equals = true, .takes_words = true},
}};

bool IsQuote(char byte) {
  return byte == '\'' || byte == '"' || byte == '`';
}

/// The length in bytes of the bar between two cells at `at`; 0 if there is none.
std::size_t LengthOfBar(std::string_view line, std::size_t at) {
  for (const std::string_view bar : {"|", "│", "┃"}) {
    if (line.substr(at).starts_with(bar)) {
      return bar.size();
    }
  }
  return 0;
}

/// The start of the value in the next cell, if the name ends at `end`.
std::optional<std::size_t> FindCell(std::string_view line, std::size_t end) {
  const std::size_t at = SkipBlanks(line, end);
  const std::size_t bar = LengthOfBar(line, at);
  const std::size_t begin = SkipBlanks(line, at + bar);
  const bool is_gap = at - end >= kWideGap || ByteAt(line, end) == '\t';
  if ((bar == 0 && !is_gap) || ReadValue(line, begin, false).number.empty()) {
    return std::nullopt;
  }
  return begin;
}

/// The start of the value of the name at [begin, end), if it has one.
std::optional<std::size_t> FindValue(std::string_view line,
                                     std::size_t begin,
                                     std::size_t end,
                                     const Notation& notation) {
  const bool is_quoted =
      begin > 0 && IsQuote(line[begin - 1]) && ByteAt(line, end) == line[begin - 1];
  const std::size_t separator = SkipBlanks(line, end + (is_quoted ? 1 : 0));
  const char byte = ByteAt(line, separator);
  if (byte == '=' && notation.has_equals) {
    return SkipBlanks(line, separator + 1);
  }
  if (byte == ':' && notation.has_colons && (is_quoted || !notation.is_quoted)) {
    const std::size_t value = SkipBlanks(line, separator + 1);
    return notation.has_wide_colons || value == separator + 1 ? std::optional(value) : std::nullopt;
  }
  return notation.has_cells ? FindCell(line, end) : std::nullopt;
}

/// True for "loss=low" and "loss: 1,234", not for "loss: see below": a colon may be followed by
/// prose. `end` is the end of the name.
bool LooksLikeValue(std::string_view line, std::size_t end, const Value& value) {
  const std::string_view text = line.substr(end, value.end - end);
  return !value.number.empty() || text.find('=') != std::string_view::npos ||
         std::any_of(text.begin(), text.end(), IsDigit);
}

/// True for a count that has not reached its total: "94/938" or "94/Unknown" at `at`.
bool IsUnfinishedCount(std::string_view line, std::size_t at) {
  const std::size_t slash = SkipDigits(line, at);
  if (slash == at || ByteAt(line, slash) != '/') {
    return false;
  }
  const std::size_t end = SkipDigits(line, slash + 1);
  if (end == slash + 1) {
    return line.substr(end).starts_with("Unknown");
  }
  return CharacterAt(line, end) != Character::kJoint &&  // 11/28/2026
         line.substr(at, slash - at) != line.substr(slash + 1, end - slash - 1);
}

/// The count of a progress bar is at the beginning of the line (Keras), or after the bar, which
/// ends with | or consists of signs outside ASCII (tqdm, rich).
bool HasUnfinishedBar(std::string_view line) {
  if (IsUnfinishedCount(line, SkipBlanks(line, 0))) {
    return true;
  }
  for (std::size_t slash = line.find('/'); slash < line.size(); slash = line.find('/', slash + 1)) {
    std::size_t begin = slash;
    while (begin > 0 && IsDigit(line[begin - 1])) {
      --begin;
    }
    const std::size_t blank = line.find_last_not_of(' ', begin > 0 ? begin - 1 : 0);
    const char before = begin == 0 || blank == std::string_view::npos ? '\0' : line[blank];
    if ((before == '|' || static_cast<signed char>(before) < 0) && IsUnfinishedCount(line, begin)) {
      return true;
    }
  }
  return false;
}

void FindMetric(std::string_view line,
                std::size_t metric,
                std::string_view name,
                const Notation& notation,
                std::vector<Pair>& pairs) {
  for (std::size_t at = line.find(name); at != std::string_view::npos && pairs.size() <= kPairsMax;
       at = line.find(name, at + name.size())) {
    const auto begin = FindValue(line, at, at + name.size(), notation);
    if (!begin || !BeginsName(line, at, notation.takes_words)) {
      continue;
    }
    const Value value = ReadValue(line, *begin, notation.has_spread);
    if (LooksLikeValue(line, at + name.size(), value)) {
      pairs.push_back({metric, at, value});
    }
  }
}

}  // namespace

const Notation* NotationOf(MetricsFormat format) {
  const auto found =
      std::find_if(kNotations.begin(), kNotations.end(), [format](const Notation& notation) {
        return notation.format == format;
      });
  return found == kNotations.end() ? nullptr : &*found;
}

void FindPairs(std::string_view line,
               std::span<const std::string> names,
               const Notation& notation,
               std::vector<Pair>& pairs) {
  pairs.clear();
  for (std::size_t metric = 0; metric < names.size(); ++metric) {
    FindMetric(line, metric, names[metric], notation, pairs);
  }
  if (!pairs.empty() && notation.waits_for_bars && HasUnfinishedBar(line)) {
    pairs.clear();
  }
  std::sort(
      pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.begin < b.begin; });
}

}  // namespace hone::metrics
