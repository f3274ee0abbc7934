#include "metrics-collector/parse/text_parser.h"

#include <array>
#include <utility>

namespace hone::metrics {
namespace {

/// Bounds what one line may cost: a filter may look at the whole line for each match.
constexpr int kMatchesPerLineMax = 1000;

std::string_view View(re2::StringPiece piece) {
  return {piece.data(), piece.size()};
}

/// Katib's rule: a line may begin with its time and a space.
Time TimeOf(std::string_view line, Time arrival) {
  return ParseTime(line.substr(0, line.find(' '))).value_or(arrival);
}

}  // namespace

Result<std::unique_ptr<LineParser>> TextParser::Make(const ParserOptions& options) {
  MetricCounter counter(options.metrics);
  std::vector<std::string> expressions = options.filters;
  if (expressions.empty()) {
    expressions.emplace_back(kDefaultFilter);
  }
  std::vector<std::shared_ptr<const RE2>> filters;
  for (const std::string& expression : expressions) {
    HONE_ASSIGN_OR_RETURN(
        auto filter,
        expression == kDefaultFilter ? DefaultFilter(counter.names()) : CompileFilter(expression));
    filters.push_back(std::move(filter));
  }
  return std::unique_ptr<LineParser>(new TextParser(std::move(counter), std::move(filters)));
}

TextParser::TextParser(MetricCounter counter, std::vector<std::shared_ptr<const RE2>> filters)
    : counter_(std::move(counter)), filters_(std::move(filters)) {}

std::unique_ptr<LineParser> TextParser::Fresh() const {
  return std::unique_ptr<LineParser>(new TextParser(MetricCounter(counter_.names()), filters_));
}

void TextParser::Parse(std::string_view line,
                       Time arrival,
                       std::vector<Observation>& out,
                       std::string& warning) {
  warning.clear();
  if (!counter_.Mentions(line)) {
    return;
  }
  const Time time = TimeOf(line, arrival);
  for (const auto& filter : filters_) {
    Apply(*filter, line, time, out, warning);
  }
  if (!warning.empty()) {
    warning += " in line " + Excerpt(line);
  }
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
      counter_.Append(
          {.metric = *metric, .value = View(groups[2]), .step = {}, .time = time}, out, warning);
    }
    const auto end = static_cast<std::size_t>(groups[0].data() - line.data()) + groups[0].size();
    position = groups[0].empty() ? end + 1 : end;
  }
}

}  // namespace hone::metrics
