// Any bytes, split into lines in chunks of any size, through the parsers of all formats and several
// sets of filters, and through MissedMetric. The first byte chooses format and filters, the second
// the size of the chunks.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "metrics-collector/parse/line_parser.h"
#include "metrics-collector/parse/missed_metric.h"

namespace hone::metrics {
namespace {

ParserOptions Options(std::uint8_t choice) {
  constexpr std::array<MetricsFormat, 9> kFormats = {MetricsFormat::kText,
                                                     MetricsFormat::kJson,
                                                     MetricsFormat::kKeras,
                                                     MetricsFormat::kLightning,
                                                     MetricsFormat::kHuggingFace,
                                                     MetricsFormat::kXgboost,
                                                     MetricsFormat::kLightgbm,
                                                     MetricsFormat::kTqdm,
                                                     MetricsFormat::kLogfmt};
  ParserOptions options;
  options.format = kFormats.at(choice % kFormats.size());
  options.metrics = {"loss", "val/acc", "step"};
  const std::size_t filters = choice / kFormats.size() % 3;
  if (filters == 1) {
    options.filters = {R"(([\w-]+)=(Genotype.*))",
                       R"(\{metricName: ([\w|-]+), metricValue: (.*?)\})"};
  } else if (filters == 2) {
    options.filters = {R"((\C*)=(\C*))", "(.*?)(.*)", std::string(kDefaultFilter)};
  }
  return options;
}

void Check(const std::vector<Observation>& observations) {
  std::uint64_t sequence = 0;
  for (const Observation& observation : observations) {
    HONE_CHECK(observation.sequence == ++sequence);
    HONE_CHECK(!observation.value.empty());
    HONE_CHECK(observation.value.find('\0') == std::string::npos);
    HONE_CHECK(observation.metric == "loss" || observation.metric == "val/acc" ||
               observation.metric == "step");
  }
}

void Run(std::string_view input) {
  if (input.size() < 2) {
    return;
  }
  const ParserOptions options = Options(static_cast<std::uint8_t>(input[0]));
  const auto parser = LineParser::Make(options);
  MissedMetric missed(options);
  HONE_CHECK(parser.has_value());
  const std::size_t piece = static_cast<std::uint8_t>(input[1]) + std::size_t{1};
  input.remove_prefix(2);
  LineSplitter splitter(4096);
  std::vector<Observation> observations;
  std::string warning;
  const auto parse = [&](std::string_view line) {
    HONE_CHECK(line.find('\x1b') == std::string_view::npos);
    (*parser)->Parse(line, Time(Duration(1)), observations, warning);
    missed.Look(line);
  };
  while (!input.empty()) {
    splitter.Feed(input.substr(0, piece), parse);
    input.remove_prefix(std::min(piece, input.size()));
  }
  splitter.Flush(parse);
  Check(observations);
  HONE_CHECK(missed.Hint().find('\n') == std::string::npos);
}

}  // namespace
}  // namespace hone::metrics

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  hone::metrics::Run(std::string_view(reinterpret_cast<const char*>(bytes), size));
  return 0;
}
