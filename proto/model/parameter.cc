#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

#include "proto/model/normal_distribution.h"
#include "proto/model/search_space.h"

namespace hone {
namespace {

// The number of decimals of the shortest text of `value`: 2 for 0.25, 5 for 1e-05, 0 for 300.
int Decimals(double value) {
  char buffer[32];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const auto e = text.find('e');
  const auto point = text.find('.');
  const int fraction = point == std::string_view::npos ? 0 : static_cast<int>(e - point - 1);
  int exponent = 0;
  const char* digits = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(digits, end, exponent);
  return std::max(0, fraction - exponent);
}

// The double nearest to `value` cut to `decimals` decimals: 0.30000000000000004 becomes 0.3.
double RoundToDecimals(double value, int decimals) {
  char buffer[1100];  // 309 digits before the point, at most 341 after it
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals);
  double rounded = value;
  std::from_chars(buffer, end.ptr, rounded);
  return rounded + 0.0;  // -0 becomes 0
}

double StepValue(const Parameter& parameter, double index) {
  const double value = std::fma(index, parameter.step, parameter.low);
  if (parameter.type != ParameterType::kDouble) {
    return value;
  }
  return RoundToDecimals(value, std::max(Decimals(parameter.low), Decimals(parameter.step)));
}

}  // namespace

std::optional<std::uint64_t> Parameter::Cardinality() const {
  if (IsList()) {
    return values.size();
  }
  if (low == high) {
    return 1;
  }
  const double largest = std::max(std::abs(low), std::abs(high));
  if (step == 0 || largest > step * kStepsMax) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(std::llround((high - low) / step)) + 1;
}

double Parameter::ValueAt(std::uint64_t index) const {
  if (low == high) {
    return low;
  }
  return IsList() ? static_cast<double>(index) : StepValue(*this, static_cast<double>(index));
}

std::uint64_t Parameter::IndexOf(double value) const {
  if (low == high) {
    return 0;
  }
  return static_cast<std::uint64_t>(std::llround(IsList() ? value : (value - low) / step));
}

double Parameter::Snap(double value) const {
  if (!(value > low)) {  // true for NaN too
    return low;
  }
  if (value >= high) {
    return high;
  }
  if (IsList()) {
    return std::round(value);
  }
  if (step == 0) {
    return value;
  }
  return std::clamp(StepValue(*this, std::round((value - low) / step)), low, high);
}

double Parameter::Quantile(double probability) const {
  constexpr double kBelowOne = 1 - 0x1p-53;
  const double p = probability > 0 ? std::min(probability, kBelowOne) : 0;
  if (low == high) {
    return low;
  }
  if (IsList() || distribution == Distribution::kUniform) {
    const auto count = Cardinality();
    if (!count) {
      return Snap(std::lerp(low, high, p));
    }
    const auto index = static_cast<std::uint64_t>(p * static_cast<double>(*count));
    return ValueAt(std::min(index, *count - 1));
  }
  // The cell of a value reaches from half a step below it to half a step above. On a log scale the
  // first cell may not reach zero.
  double first = low;
  double last = high;
  double from = IsLog() ? std::max(low - step / 2, low / 2) : low - step / 2;
  double to = high + step / 2;
  if (step == 0) {
    from = low;
  }
  if (IsLog()) {
    first = std::log(first);
    last = std::log(last);
    from = std::log(from);
    to = std::log(to);
  }
  const double x =
      distribution == Distribution::kLogUniform
          ? std::lerp(from, to, p)
          : TruncatedNormal{first / 2 + last / 2, last / 6 - first / 6, from, to}.Quantile(p);
  return Snap(IsLog() ? std::exp(x) : x);
}

std::string Parameter::Format(double value) const {
  if (IsList()) {
    HONE_CHECK(value >= 0 && value < static_cast<double>(values.size()));
    return values[static_cast<std::size_t>(value)];
  }
  if (type == ParameterType::kInt) {
    return std::to_string(static_cast<std::int64_t>(value));
  }
  return FormatNumber(value);
}

std::optional<double> Parameter::Parse(const std::string& text) const {
  if (IsList()) {
    auto found = std::find(values.begin(), values.end(), text);
    if (found == values.end() && type == ParameterType::kDiscrete) {
      const auto number = ParseNumber(text);
      found = std::find_if(values.begin(), values.end(), [&](const std::string& value) {
        return number && ParseNumber(value) == number;
      });
    }
    if (found == values.end()) {
      return std::nullopt;
    }
    return static_cast<double>(found - values.begin());
  }
  const auto number = ParseNumber(text);
  if (!number || !(*number >= low - step / 2 && *number <= high + step / 2)) {
    return std::nullopt;
  }
  // A program that computes low + k * step in another order gets a value that differs by some ulps
  // and means the same.
  const double snapped = Snap(*number);
  const double noise = type == ParameterType::kDouble ? step * 1e-9 : 0;
  if (std::abs(snapped - *number) > noise) {
    return std::nullopt;
  }
  return snapped;
}

}  // namespace hone
