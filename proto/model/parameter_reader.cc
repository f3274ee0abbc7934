#include "proto/model/parameter_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/model/observation.h"

namespace hone {
namespace {

using Type = FieldError::Type;

constexpr double kInt64End = 0x1p63;
// The part of a step that the difference of two bounds has to reach, given rounding errors.
constexpr double kNearlyOne = 1 - 1e-9;

std::optional<std::int64_t> ParseInt(const std::string& text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, value);
      read.ec == std::errc() && read.ptr == end) {
    return value;
  }
  const auto number = ParseNumber(text);  // "1.0" and "1e3" are whole too
  if (!number || !(std::abs(*number) < kInt64End) || std::trunc(*number) != *number) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*number);
}

// The nearest double that is not above (below) `value`.
double RoundDown(std::int64_t value) {
  const auto number = static_cast<double>(value);
  const bool is_above = number >= kInt64End || static_cast<std::int64_t>(number) > value;
  return is_above ? std::nextafter(number, -kInt64End) : number;
}

double RoundUp(std::int64_t value) {
  const auto number = static_cast<double>(value);
  const bool is_below = number < kInt64End && static_cast<std::int64_t>(number) < value;
  return is_below ? std::nextafter(number, kInt64End) : number;
}

// Reads one ParameterSpec and reports every fault in it.
class ParameterReader {
 public:
  ParameterReader(const ParameterSpec& spec, std::string path, FieldErrors& errors)
      : spec_(spec),
        space_(spec.feasible_space),
        path_(std::move(path)),
        space_path_(path_ + ".feasibleSpace"),
        errors_(errors) {
    parameter_.name = spec.name;
    parameter_.type = spec.type;
  }

  Parameter Read() {
    CheckWords();
    if (space_ == FeasibleSpace{}) {
      Report(Type::kRequired, space_path_, "", "give min and max, or a list");
    } else if (parameter_.IsList()) {
      ReadList();
    } else if (spec_.type == ParameterType::kInt || spec_.type == ParameterType::kDouble) {
      ReadRange();
    }
    return std::move(parameter_);
  }

 private:
  void Report(Type type, std::string field, std::string found, std::string message) {
    errors_.push_back({type, std::move(field), std::move(found), std::move(message)});
  }

  void CheckWords() {
    if (spec_.name.empty()) {
      Report(Type::kRequired, path_ + ".name", "", "every parameter needs a name");
    }
    if (spec_.type == ParameterType::kUnset || spec_.type == ParameterType::kUnknown) {
      Report(Type::kInvalid,
             path_ + ".parameterType",
             spec_.type == ParameterType::kUnknown ? "unknown" : "",
             "must be double, int, discrete or categorical");
    }
    if (space_.distribution == Distribution::kUnknown) {
      Report(Type::kInvalid,
             space_path_ + ".distribution",
             "unknown",
             "must be uniform, logUniform, normal or logNormal");
    }
  }

  void ReadRange() {
    if (space_.distribution != Distribution::kUnset) {
      parameter_.distribution = space_.distribution;
    }
    if (!space_.list.empty()) {
      Report(Type::kInvalid,
             space_path_ + ".list",
             space_.list.front(),
             "an int or double has min and max, no list");
    }
    const auto low = ReadBound(space_.min, ".min", RoundUp);
    const auto high = ReadBound(space_.max, ".max", RoundDown);
    const auto step = ReadStep();
    if (!low || !high || !step) {
      return;
    }
    parameter_.low = *low;
    parameter_.high = *high;
    parameter_.step = *step;
    if (*low <= *high && *high - *low < *step * kNearlyOne) {
      parameter_.high = *low;  // the range is less than one step
    }
    CheckRange();
    FitHighToStep();
  }

  std::optional<double> ReadBound(const std::string& text,
                                  const char* name,
                                  double (*inwards)(std::int64_t)) {
    if (text.empty()) {
      Report(Type::kRequired, space_path_ + name, "", "an int or double needs min and max");
      return std::nullopt;
    }
    return ReadNumber(text, name, inwards);
  }

  std::optional<double> ReadNumber(const std::string& text,
                                   const char* name,
                                   double (*inwards)(std::int64_t)) {
    if (spec_.type == ParameterType::kInt) {
      if (const auto number = ParseInt(text)) {
        return inwards(*number);
      }
      Report(Type::kInvalid, space_path_ + name, text, "must be a whole number of 64 bits");
      return std::nullopt;
    }
    const auto number = ParseNumber(text);
    if (!number || !std::isfinite(*number)) {
      Report(Type::kInvalid, space_path_ + name, text, "must be a finite number");
      return std::nullopt;
    }
    return *number + 0.0;  // -0 becomes 0
  }

  // 0 means continuous.
  std::optional<double> ReadStep() {
    if (space_.step.empty()) {
      return spec_.type == ParameterType::kInt ? 1 : 0;
    }
    const auto step = ReadNumber(space_.step, ".step", RoundDown);
    if (step && !(*step > 0)) {
      Report(Type::kInvalid, space_path_ + ".step", space_.step, "must be greater than 0");
      return std::nullopt;
    }
    return step;
  }

  void CheckRange() {
    const Parameter& p = parameter_;
    if (p.low > p.high) {
      Report(
          Type::kInvalid, space_path_ + ".max", space_.max, "must be >= min (" + space_.min + ")");
      return;
    }
    if (p.IsLog() && p.low <= 0) {
      Report(Type::kInvalid,
             space_path_ + ".min",
             space_.min,
             "must be greater than 0 for a logarithmic distribution");
    }
    const bool is_countable = p.step == 0 || p.Cardinality().has_value();
    const double span = p.high - p.low;
    if (!is_countable && p.type == ParameterType::kDouble) {
      Report(Type::kInvalid, space_path_ + ".step", space_.step, "is too small for these bounds");
    } else if (!is_countable && span < p.step * Parameter::kStepsMax) {
      Report(Type::kInvalid,
             space_path_ + ".max",
             space_.max,
             "ints this far from zero cannot be told apart in steps of " + FormatNumber(p.step) +
                 "; give a larger step or bounds nearer to zero");
    }
  }

  // `high` becomes the last value that min + k * step reaches.
  void FitHighToStep() {
    Parameter& p = parameter_;
    if (p.step == 0 || !p.Cardinality() || p.low >= p.high) {
      return;
    }
    const double max = p.high;
    auto last = static_cast<std::uint64_t>((max - p.low) / p.step) + 1;
    // The quotient of 0.3 and 0.1 is below 3, so the values themselves are compared.
    while (last > 0 && p.ValueAt(last) > max) {
      --last;
    }
    p.high = p.ValueAt(last);
  }

  void ReadList() {
    if (!space_.min.empty() || !space_.max.empty() || !space_.step.empty()) {
      Report(Type::kInvalid, space_path_, "", "a list has neither min, max nor step");
    }
    if (space_.list.empty()) {
      Report(Type::kRequired, space_path_ + ".list", "", "give at least one value");
      return;
    }
    if (spec_.type == ParameterType::kDiscrete) {
      CheckNumbers();
    } else {
      CheckDistinct([this](std::size_t i) { return std::string_view(space_.list[i]); });
    }
    parameter_.values = space_.list;
    parameter_.high = static_cast<double>(space_.list.size() - 1);
  }

  void CheckNumbers() {
    std::vector<double> numbers;
    numbers.reserve(space_.list.size());
    std::size_t faults = 0;
    for (std::size_t i = 0; i < space_.list.size() && faults < kListErrorsMax; ++i) {
      const auto number = ParseNumber(space_.list[i]);
      if (number && std::isfinite(*number)) {
        numbers.push_back(*number);
        continue;
      }
      Report(Type::kInvalid, ItemPath(i), space_.list[i], "must be a finite number");
      ++faults;
    }
    if (faults == 0) {
      CheckDistinct([&numbers](std::size_t i) { return numbers[i]; });
    }
  }

  // Reports items whose key an earlier item has, in O(n log n).
  template <typename Key>
  void CheckDistinct(Key key) {
    std::vector<std::size_t> order(space_.list.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return key(a) < key(b); });
    std::vector<std::size_t> repeated;
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (key(order[i - 1]) == key(order[i])) {
        repeated.push_back(order[i]);
      }
    }
    std::sort(repeated.begin(), repeated.end());
    for (std::size_t i = 0; i < repeated.size() && i < kListErrorsMax; ++i) {
      Report(
          Type::kDuplicate, ItemPath(repeated[i]), space_.list[repeated[i]], "is already listed");
    }
  }

  std::string ItemPath(std::size_t i) const {
    return space_path_ + ".list[" + std::to_string(i) + "]";
  }

  const ParameterSpec& spec_;
  const FeasibleSpace& space_;
  std::string path_;
  std::string space_path_;
  FieldErrors& errors_;
  Parameter parameter_;
};

}  // namespace

Parameter ReadParameter(const ParameterSpec& spec, const std::string& path, FieldErrors& errors) {
  return ParameterReader(spec, path, errors).Read();
}

}  // namespace hone
