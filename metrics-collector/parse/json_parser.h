// JsonParser: metrics in lines that are one JSON object each. A key of a nested object is a metric
// named by its whole path: `metrics.loss` is a different metric than `loss`. Values are numbers,
// kept as they were written, or strings.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "metrics-collector/parse/json_object.h"
#include "metrics-collector/parse/line_parser.h"
#include "metrics-collector/parse/metric_counter.h"

namespace hone::metrics {

class JsonParser final : public LineParser {
 public:
  explicit JsonParser(std::vector<std::string> metrics);

  [[nodiscard]] std::unique_ptr<LineParser> Fresh() const override {
    return std::make_unique<JsonParser>(counter_.names());
  }
  void Parse(std::string_view line,
             Time arrival,
             std::vector<Observation>& out,
             std::string& warning) override;

 private:
  void Append(const std::vector<JsonField>& fields,
              Time arrival,
              std::vector<Observation>& out,
              std::string& warning);

  MetricCounter counter_;
  /// The requested metrics, then the keys for step and time: see kReservedKeys.
  std::vector<std::string> keys_;
};

}  // namespace hone::metrics
