#include "metrics-collector/parse/text_parser.h"

#include <array>
#include <utility>

namespace hone::metrics {
namespace {

/// Bounds the cost of one line: a filter may scan the whole line for each match.
constexpr int kMatchesPerLineMax = static_cast<int>(kPairsMax);

std::string_view View(re2::StringPiece piece) {
  return {piece.data(), piece.size()};
}

/// Katib's rule: a line may begin with its time and a space.
Time TimeOf(std::string_view line, Time arrival) {
  return ParseTime(line.substr(0, line.find(' '))).value_or(arrival);
}

/// True if a filter has cut `value`, a part of `line`, out of a longer number.
bool IsCut(std::string_view line, std::string_view value) {
  if (value.empty()) {
    return false;
  }
  const auto begin = static_cast<std::size_t>(value.data() - line.data());
  return GoesOn(line, begin + value.size()) || BeganBefore(line, begin);
}

}  // namespace

Result<std::unique_ptr<LineParser>> TextParser::Make(const ParserOptions& options) {
  const Notation* notation = options.filters.empty() ? NotationOf(options.format) : nullptr;
  Filters filters;
  for (const std::string& expression : options.filters) {
    if (expression == kDefaultFilter) {
      notation = NotationOf(MetricsFormat::kText);
    } else {
      HONE_ASSIGN_OR_RETURN(auto filter, CompileFilter(expression));
      filters.push_back(std::move(filter));
    }
  }
  return std::unique_ptr<LineParser>(
      new TextParser(MetricCounter(options.metrics), notation, std::move(filters)));
}

TextParser::TextParser(MetricCounter counter, const Notation* notation, Filters filters)
    : counter_(std::move(counter)), notation_(notation), filters_(std::move(filters)) {}

std::unique_ptr<LineParser> TextParser::Fresh() const {
  return std::unique_ptr<LineParser>(new TextParser(counter_.Fresh(), notation_, filters_));
}

void TextParser::Parse(std::string_view line,
                       Time arrival,
                       std::vector<Observation>& out,
                       std::string& warning) {
  warning.clear();
  if (notation_ != nullptr) {
    FindPairs(line, counter_.names(), *notation_, pairs_);
  }
  const bool is_for_filters = !filters_.empty() && counter_.Mentions(line);
  if (pairs_.empty() && !is_for_filters) {
    return;
  }
  const Time time = TimeOf(line, arrival);
  if (pairs_.size() > kPairsMax) {
    pairs_.pop_back();
    Warn(warning, "reading metrics: after 1000 matches the rest is left out");
  }
  for (const Pair& pair : pairs_) {
    Append(pair, line, time, out, warning);
  }
  for (const auto& filter : filters_) {
    Apply(*filter, line, time, out, warning);
  }
  if (!warning.empty()) {
    warning += " in line " + Excerpt(line);
  }
}

void TextParser::Append(const Pair& pair,
                        std::string_view line,
                        Time time,
                        std::vector<Observation>& out,
                        std::string& warning) {
  if (!pair.value.number.empty()) {
    counter_.Append({.metric = pair.metric,
                     .value = pair.value.number,
                     .unit = pair.value.unit,
                     .step = {},
                     .time = time},
                    out,
                    warning);
    return;
  }
  const std::string& name = counter_.names()[pair.metric];
  const std::size_t end = pair.begin + name.size();
  std::string_view text = line.substr(end, pair.value.end - end);
  text = Trim(text.substr(text.find_first_of("=:") + 1));
  const std::string fault =
      text.empty() ? "it has no value"
                   : Excerpt(text) + " is not a plain number, such as 0.5, -3 or 1e-05";
  Warn(warning, "reading metric " + Excerpt(name) + ": " + fault);
}

void TextParser::Apply(const RE2& filter,
                       std::string_view line,
                       Time time,
                       std::vector<Observation>& out,
                       std::string& warning) {
  const re2::StringPiece text(line.data(), line.size());
  std::array<re2::StringPiece, 3> groups;
  std::size_t position = 0;
  for (int matches = 0; position <= line.size(); ++matches) {
    if (!filter.Match(text, position, line.size(), RE2::UNANCHORED, groups.data(), 3)) {
      return;
    }
    if (matches == kMatchesPerLineMax) {
      Warn(warning, "reading metrics: after 1000 matches the rest is left out");
      return;
    }
    if (const auto metric = counter_.Find(Trim(View(groups[1])))) {
      const std::string_view value = View(groups[2]);
      if (IsCut(line, value)) {
        Warn(warning,
             "reading metric " + Excerpt(counter_.names()[*metric]) + ": the filter cuts " +
                 Excerpt(value) + " out of a longer number");
      } else {
        counter_.Append({.metric = *metric, .value = value, .unit = {}, .step = {}, .time = time},
                        out,
                        warning);
      }
    }
    const auto end = static_cast<std::size_t>(groups[0].data() - line.data()) + groups[0].size();
    position = groups[0].empty() ? end + 1 : end;
  }
}

}  // namespace hone::metrics
