// TextParser: metrics in lines of free text, written in a notation, or found by filters. A line
// that names no wanted metric costs a substring search and no allocation.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "metrics-collector/parse/filter.h"
#include "metrics-collector/parse/line_parser.h"
#include "metrics-collector/parse/metric_counter.h"
#include "metrics-collector/parse/notation.h"

namespace hone::metrics {

class TextParser final : public LineParser {
 public:
  static Result<std::unique_ptr<LineParser>> Make(const ParserOptions& options);

  [[nodiscard]] std::unique_ptr<LineParser> Fresh() const override;
  void Parse(std::string_view line,
             Time arrival,
             std::vector<Observation>& out,
             std::string& warning) override;

 private:
  using Filters = std::vector<std::shared_ptr<const RE2>>;

  TextParser(MetricCounter counter, const Notation* notation, Filters filters);
  void Append(const Pair& pair,
              std::string_view line,
              Time time,
              std::vector<Observation>& out,
              std::string& warning);
  void Apply(const RE2& filter,
             std::string_view line,
             Time time,
             std::vector<Observation>& out,
             std::string& warning);

  MetricCounter counter_;
  /// Null if there are filters other than the default one.
  const Notation* notation_;
  Filters filters_;
  std::vector<Pair> pairs_;
};

}  // namespace hone::metrics
