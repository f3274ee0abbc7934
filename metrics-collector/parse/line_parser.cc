#include "metrics-collector/parse/line_parser.h"

#include <utility>

#include "metrics-collector/parse/json_parser.h"
#include "metrics-collector/parse/text_parser.h"

namespace hone::metrics {

Result<std::unique_ptr<LineParser>> LineParser::Make(ParserOptions options) {
  if (options.format == MetricsFormat::kJson) {
    return std::make_unique<JsonParser>(std::move(options.metrics));
  }
  return TextParser::Make(options);
}

}  // namespace hone::metrics
