#include "metrics-collector/parse/missed_metric.h"

#include <algorithm>
#include <array>
#include <vector>

#include "metrics-collector/parse/characters.h"
#include "metrics-collector/parse/json_object.h"
#include "metrics-collector/parse/metric_counter.h"
#include "metrics-collector/parse/name.h"
#include "metrics-collector/parse/notation.h"

namespace hone::metrics {
namespace {

/// Longer lines are skipped: no program prints a metric for people in them.
constexpr std::size_t kLineBytesMax = 4096;
/// Maximum distance between a name and its number.
constexpr std::size_t kGapBytesMax = 40;
constexpr std::size_t kPrintedBytesMax = 72;

/// The order in which formats are tried: the most reliable first.
constexpr std::array<MetricsFormat, 9> kFormats = {MetricsFormat::kJson,
                                                   MetricsFormat::kText,
                                                   MetricsFormat::kXgboost,
                                                   MetricsFormat::kLightgbm,
                                                   MetricsFormat::kHuggingFace,
                                                   MetricsFormat::kTqdm,
                                                   MetricsFormat::kKeras,
                                                   MetricsFormat::kLightning,
                                                   MetricsFormat::kLogfmt};

bool IsEqualWithoutCase(char a, char b) {
  return ToLower(a) == ToLower(b);
}

struct Reading {
  bool has_value = false;
  std::string warning;
};

/// Reads `metric` alone, so that warnings are about this metric only.
Reading Read(std::string_view line, const std::string& metric, ParserOptions options) {
  options.metrics = {metric};
  const auto parser = LineParser::Make(std::move(options));
  std::vector<Observation> found;
  Reading reading;
  if (parser) {
    (*parser)->Parse(line, Time(), found, reading.warning);
  }
  reading.has_value = !found.empty();
  return reading;
}

/// The first format that reads `metric` in the line; kUnset if none does.
MetricsFormat FindFormat(std::string_view line, const std::string& metric) {
  const auto found = std::find_if(kFormats.begin(), kFormats.end(), [&](MetricsFormat format) {
    const Notation* const notation = NotationOf(format);
    const bool is_likely =
        notation == nullptr || line.find(notation->mark) != std::string_view::npos;
    return is_likely &&
           Read(line, metric, {.format = format, .filters = {}, .metrics = {}}).has_value;
  });
  return found == kFormats.end() ? MetricsFormat::kUnset : *found;
}

/// The spellings of the format on the command line and in a manifest.
std::string NameOf(MetricsFormat format) {
  const std::string word(ToText(format));
  std::string lower = word;
  std::transform(word.begin(), word.end(), lower.begin(), ToLower);
  return "--format " + lower + " (format: " + word + ")";
}

}  // namespace

void MissedMetric::Look(std::string_view line) {
  if (line.size() > kLineBytesMax) {
    return;
  }
  const Place place = Find(line);
  if (place.nearness != Nearness::kNone && place.nearness >= place_.nearness) {
    line_ = line;
    place_ = place;
  }
}

MissedMetric::Place MissedMetric::Find(std::string_view line) const {
  const Place place = FindName(line);
  return place.nearness == Nearness::kNone && place_.nearness <= Nearness::kFraction
             ? FindOther(line)
             : place;
}

MissedMetric::Place MissedMetric::FindName(std::string_view line) const {
  const std::string& name = options_.metrics.front();
  auto from = line.begin();
  while (true) {
    const auto found = std::search(from, line.end(), name.begin(), name.end(), IsEqualWithoutCase);
    if (found == line.end()) {
      return {};
    }
    const auto begin = static_cast<std::size_t>(found - line.begin());
    const std::size_t end = begin + name.size();
    const std::string_view gap = line.substr(end, kGapBytesMax);
    const auto number = std::find_if(gap.begin(), gap.end(), IsDigit);
    if (number != gap.end() && CharacterAt(line, end) != Character::kWord) {
      return {line.substr(begin, name.size()) == name ? Nearness::kName : Nearness::kOtherCase,
              BeginOfName(line, begin),
              end,
              end + static_cast<std::size_t>(number - gap.begin())};
    }
    from = found + 1;
  }
}

MissedMetric::Place MissedMetric::FindOther(std::string_view line) {
  Place place;
  for (std::size_t at = line.find_first_of(":="); at < line.size();
       at = line.find_first_of(":=", at + 1)) {
    const Value value = ReadValue(line, SkipBlanks(line, at + 1), false);
    const std::size_t end = line.find_last_not_of(" \t'\"", at > 0 ? at - 1 : 0) + 1;
    if (value.number.empty() || at == 0 || end == 0) {
      continue;
    }
    const std::size_t begin = BeginOfName(line, end);
    const bool is_fraction = value.number.find('.') != std::string_view::npos;
    const Nearness nearness = is_fraction ? Nearness::kFraction : Nearness::kWhole;
    if (begin < end && !IsDigit(line[begin]) && nearness >= place.nearness) {
      place = {nearness, begin, end, SkipBlanks(line, at + 1)};
    }
  }
  return place;
}

std::string MissedMetric::Hint() const {
  if (place_.nearness == Nearness::kNone) {
    return "";
  }
  const std::string_view line = line_;
  const std::size_t end = std::min(line.find_first_of(" \t;|}]", place_.number), line.size());
  std::string_view printed =
      line.substr(place_.begin, std::min(end - place_.begin, kPrintedBytesMax));
  printed = printed.substr(0, printed.find_last_not_of(",.") + 1);
  const std::string name(line.substr(place_.begin, place_.end - place_.begin));
  return "it printed " + Excerpt(printed) +
         (place_.nearness == Nearness::kName ? RemedyOfName() : Remedy(name));
}

std::string MissedMetric::RemedyOfName() const {
  const std::string& objective = options_.metrics.front();
  const std::string name = line_.substr(place_.begin, place_.end - place_.begin);
  if (const std::string path = FindJsonPath(line_, objective); !path.empty()) {
    return path == objective ? Remedy(name) : Remedy(path);
  }
  if (name != objective) {
    return Remedy(name);
  }
  const std::string warning = Read(line_, objective, options_).warning;
  return warning.empty() ? Remedy(name) : ": " + warning.substr(0, warning.find(" in line "));
}

std::string MissedMetric::Remedy(const std::string& name) const {
  const bool is_objective = name == options_.metrics.front();
  std::string other = is_objective ? "" : ": the metric there is " + Excerpt(name);
  if (!options_.filters.empty()) {
    return other + ", which no filter reads";
  }
  if (Read(line_, name, options_).has_value) {
    return other;
  }
  if (const MetricsFormat format = FindFormat(line_, name); format != MetricsFormat::kUnset) {
    return (is_objective ? ": try " : other + "; try ") + NameOf(format);
  }
  return other;
}

}  // namespace hone::metrics
