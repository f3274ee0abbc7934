#include "suggestion/client/answer_check.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "proto/model/observation.h"

namespace hone::suggestion {
namespace {

constexpr double kRounding = 1e-9;
constexpr std::size_t kShownMax = 80;

std::string Quote(const std::string& text) {
  return "\"" + text.substr(0, kShownMax) + (text.size() > kShownMax ? "...\"" : "\"");
}

/// The valid value that the text means; nothing if there is none.
std::optional<double> ValueOf(const Parameter& parameter, const std::string& text) {
  if (const std::optional<double> exact = parameter.Parse(text); exact || parameter.IsList()) {
    return exact;
  }
  const std::optional<double> number = ParseNumber(text);
  if (!number || !std::isfinite(*number)) {
    return std::nullopt;
  }
  const double legal = parameter.Snap(*number);
  const bool is_near = std::abs(legal - *number) <= kRounding * std::max(1.0, std::abs(*number));
  // Katib's pbt applies the step of a double to its first generation only. The last value on a step
  // may be below the maximum.
  const bool is_between = parameter.type == ParameterType::kDouble && *number >= parameter.low &&
                          *number < parameter.high + parameter.step;
  return is_near || is_between ? std::optional(legal) : std::nullopt;
}

tl::unexpected<Error> Wrong(const std::string& message) {
  return Fail(Code::kInvalidArgument, message);
}

}  // namespace

Result<Assignments> CheckAnswer(const SearchSpace& space, const Assignments& answer) {
  std::map<std::string, const std::string*> given;
  for (const Assignment& assignment : answer) {
    if (!given.emplace(assignment.name, &assignment.value).second) {
      return Wrong("gave two values for parameter " + Quote(assignment.name));
    }
  }
  Point point(space.size(), std::nan(""));
  for (std::size_t i = 0; i < space.size(); ++i) {
    const Parameter& parameter = space.parameters()[i];
    const auto found = given.find(parameter.name);
    if (!space.IsActive(point, i)) {
      continue;
    }
    if (found == given.end()) {
      return Wrong("gave no value for parameter " + Quote(parameter.name));
    }
    const std::optional<double> value = ValueOf(parameter, *found->second);
    if (!value) {
      return Wrong("gave " + Quote(*found->second) + " for parameter " + Quote(parameter.name) +
                   ", which is outside its feasible space");
    }
    point[i] = *value;
    given.erase(found);
  }
  if (!given.empty()) {
    return Wrong("gave a value for " + Quote(given.begin()->first) +
                 ", which is no parameter of the trial");
  }
  return space.Format(point);
}

}  // namespace hone::suggestion
