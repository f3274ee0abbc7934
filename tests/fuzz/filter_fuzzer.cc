// Any text as a filter; if it compiles, it is applied to the text after the first line break. Both
// are kept short, because the cost of a filter grows with the product of their lengths.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "metrics-collector/parse/line_parser.h"

namespace hone::metrics {
namespace {

constexpr std::size_t kFilterBytesMax = 64;
constexpr std::size_t kLineBytesMax = 256;

void Run(std::string_view input) {
  const std::size_t cut = std::min(input.find('\n'), input.size());
  const std::string filter(input.substr(0, std::min(cut, kFilterBytesMax)));
  input.remove_prefix(std::min(cut + 1, input.size()));
  const Status status = CheckFilter(filter);
  auto parser = LineParser::Make(
      {.format = MetricsFormat::kText, .filters = {filter}, .metrics = {"loss", "a"}});
  HONE_CHECK(parser.has_value() == status.has_value());
  if (!parser) {
    HONE_CHECK(parser.error().message == status.error().message);
    return;
  }
  std::vector<Observation> observations;
  std::string warning;
  (*parser)->Parse(input.substr(0, kLineBytesMax), Time(Duration(1)), observations, warning);
  for (const Observation& observation : observations) {
    HONE_CHECK(!observation.value.empty());
  }
}

}  // namespace
}  // namespace hone::metrics

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  hone::metrics::Run(std::string_view(reinterpret_cast<const char*>(bytes), size));
  return 0;
}
