// SearchSpace: the parameters of an experiment, read and checked once. Algorithms work with Points;
// trials get Assignments (text). Plain values: copies are independent, const use is thread-safe.
//
// A Point has one double for each parameter, in order: a number itself (an int is a whole double),
// the index in `values` for categorical and discrete values, and NaN for a parameter that is not
// active at the point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/model/field_error.h"
#include "proto/model/parameter_spec.h"
#include "proto/model/trial.h"

namespace hone {

using Point = std::vector<double>;

struct Parameter {
  /// Values are counted and distinguished only if no bound is more steps than this from zero. Wider
  /// ranges of ints (seeds, for example) are treated as continuous.
  static constexpr double kStepsMax = 0x1p50;

  std::string name;
  ParameterType type = ParameterType::kDouble;
  Distribution distribution = Distribution::kUniform;
  /// Numbers: inclusive bounds; with a step, `high` is the last value min + k * step <= max. Lists:
  /// 0 and size - 1.
  double low = 0;
  double high = 0;
  /// 0 means continuous. An int without a step has 1.
  double step = 0;
  /// The texts of a categorical or discrete parameter, in the user's order.
  std::vector<std::string> values;
  /// The parameter that decides whether this one is active: its index in the space, which is
  /// smaller than this one's, and the values for which it is, as in a Point, ascending. Nothing:
  /// always active.
  struct Parent {
    std::size_t index = 0;
    std::vector<double> values;
    bool operator==(const Parent&) const = default;
  };
  std::optional<Parent> parent;

  [[nodiscard]] bool IsList() const {
    return type == ParameterType::kCategorical || type == ParameterType::kDiscrete;
  }
  [[nodiscard]] bool IsLog() const {
    return distribution == Distribution::kLogUniform || distribution == Distribution::kLogNormal;
  }
  /// The number of values; nothing if continuous. At most 2^63 - 1. Equal bounds are one value.
  [[nodiscard]] std::optional<std::uint64_t> Cardinality() const;
  /// The value number `index` (0-based, ascending) of a finite parameter.
  [[nodiscard]] double ValueAt(std::uint64_t index) const;
  /// The inverse of ValueAt; `value` must be a valid one.
  [[nodiscard]] std::uint64_t IndexOf(double value) const;
  /// The nearest valid value: on the step, inside the bounds.
  [[nodiscard]] double Snap(double value) const;
  /// Maps a probability in [0, 1) through the inverse of the parameter's distribution function,
  /// snapped. uniform and logUniform cover the bounds; normal has its mean in the middle and a
  /// standard deviation of a sixth of the range (logNormal: of the log range), truncated to the
  /// bounds. Every value of a stepped parameter has the mass of its cell; all list values the
  /// same.
  [[nodiscard]] double Quantile(double probability) const;
  [[nodiscard]] std::string Format(double value) const;
  /// Nothing if the text is not a valid value.
  [[nodiscard]] std::optional<double> Parse(const std::string& text) const;
  bool operator==(const Parameter&) const = default;
};

class SearchSpace {
 public:
  SearchSpace() = default;

  /// Reads and checks `specs`. Every fault is added to `errors` under `field` ("spec.parameters"),
  /// and nothing is returned if there was any: numbers that do not parse or are not finite, min >
  /// max, step <= 0, log scale with min <= 0, empty lists, duplicate names or values, ints that are
  /// not whole, discrete values that are not numbers, parents that do not come earlier in the list
  /// or have no such value.
  static std::optional<SearchSpace> Make(const std::vector<ParameterSpec>& specs,
                                         const std::string& field,
                                         FieldErrors& errors);

  /// This space with a fixed number for `parameter`. `value` must be a valid one.
  [[nodiscard]] SearchSpace Fixed(std::size_t parameter, double value) const;
  /// This space with other bounds, and no step, for a number on which no other parameter depends.
  /// Both bounds must be valid: whole for an int, positive on a logarithmic scale, low <= high.
  [[nodiscard]] SearchSpace Bounded(std::size_t parameter, double low, double high) const;

  [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }
  [[nodiscard]] std::size_t size() const { return parameters_.size(); }
  /// True if parameter number `i` is active at `point`, of which only the coordinates before `i`
  /// have to be known.
  [[nodiscard]] bool IsActive(const Point& point, std::size_t i) const;
  /// The same point with NaN for every parameter that is not active.
  [[nodiscard]] Point Mask(Point point) const;
  /// The number of points; nothing if infinite or above 2^63 - 1. Points that differ only in
  /// inactive parameters are one point.
  [[nodiscard]] std::optional<std::uint64_t> Cardinality() const;
  /// Point number `index` of a finite space, lexicographic, the last parameter fastest.
  [[nodiscard]] Point PointAt(std::uint64_t index) const;
  /// The inverse of PointAt; `point` must be inside a finite space.
  [[nodiscard]] std::uint64_t IndexOf(const Point& point) const;
  /// True if every value is exactly a valid one, or NaN for an inactive parameter.
  [[nodiscard]] bool Contains(const Point& point) const;
  /// The values of the active parameters.
  [[nodiscard]] Assignments Format(const Point& point) const;
  /// Nothing unless every active parameter has exactly one valid value, and no other parameter has
  /// one.
  [[nodiscard]] std::optional<Point> Parse(const Assignments& assignments) const;

 private:
  /// For one value of a parameter: the number of ways to fill in the parameters below it, and the
  /// sum of these numbers over all smaller values.
  struct Branch {
    std::uint64_t value = 0;
    std::uint64_t before = 0;
    std::uint64_t points = 1;
  };
  /// A parameter and the parameters below it. Values without active parameters below them have no
  /// branch here.
  struct Subtree {
    /// The number of points; nothing if infinite or too large.
    std::optional<std::uint64_t> points;
    std::vector<Branch> branches;
    [[nodiscard]] Branch At(std::uint64_t position) const;
    [[nodiscard]] Branch Of(std::uint64_t value) const;
  };
  void CountSubtrees();

  std::vector<Parameter> parameters_;
  std::vector<Subtree> subtrees_;
};

}  // namespace hone
