#include "metrics-collector/parse/filter.h"

#include <cstdint>
#include <utility>

#include "metrics-collector/parse/line_parser.h"

namespace hone::metrics {
namespace {

/// The options of Go's regexp: Perl syntax, UTF-8, leftmost-first.
RE2::Options GoOptions() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_posix_syntax(false);
  options.set_max_mem(std::int64_t{8} << 20);
  return options;
}

}  // namespace

Result<std::unique_ptr<const RE2>> CompileFilter(const std::string& filter) {
  auto expression = std::make_unique<const RE2>(filter, GoOptions());
  if (!expression->ok()) {
    return Fail(Code::kInvalidArgument, "reading filter " + filter + ": " + expression->error());
  }
  if (expression->NumberOfCapturingGroups() < 2) {
    return Fail(
        Code::kInvalidArgument,
        "reading filter " + filter +
            ": it needs two groups in parentheses, the metric's name and its value; it has " +
            std::to_string(expression->NumberOfCapturingGroups()));
  }
  return expression;
}

Status CheckFilter(const std::string& filter) {
  HONE_RETURN_IF_ERROR(CompileFilter(filter));
  return {};
}

}  // namespace hone::metrics
