// Shared by the parser tests: a parser that gets one line per second.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "metrics-collector/parse/line_parser.h"

namespace hone::metrics {

inline Time AtSecond(int second) {
  return Time(std::chrono::seconds(second));
}

struct Parsed {
  std::vector<Observation> observations;
  std::vector<std::string> warnings;

  /// "name=value" of every observation.
  [[nodiscard]] std::vector<std::string> Texts() const {
    std::vector<std::string> texts;
    for (const Observation& observation : observations) {
      texts.push_back(observation.metric + "=" + observation.value);
    }
    return texts;
  }
};

/// Feeds `lines`; the first arrives at second 1.
inline Parsed ParseLines(ParserOptions options, const std::vector<std::string>& lines) {
  auto parser = LineParser::Make(std::move(options));
  EXPECT_TRUE(parser.has_value());
  Parsed parsed;
  int second = 0;
  for (const std::string& line : lines) {
    std::string warning;
    (*parser)->Parse(line, AtSecond(++second), parsed.observations, warning);
    if (!warning.empty()) {
      parsed.warnings.push_back(warning);
    }
  }
  return parsed;
}

inline ParserOptions TextOptions(std::vector<std::string> metrics,
                                 std::vector<std::string> filters = {}) {
  return {
      .format = MetricsFormat::kText, .filters = std::move(filters), .metrics = std::move(metrics)};
}

inline ParserOptions JsonOptions(std::vector<std::string> metrics) {
  return {.format = MetricsFormat::kJson, .filters = {}, .metrics = std::move(metrics)};
}

}  // namespace hone::metrics
