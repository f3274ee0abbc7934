#include "proto/model/search_space.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "proto/model/parameter_reader.h"

namespace hone {
namespace {

using Type = FieldError::Type;
using Count = std::optional<std::uint64_t>;

constexpr double kInactive = std::numeric_limits<double>::quiet_NaN();

/// The product; nothing if it is above 2^63 - 1, or if a factor is nothing. Factors are not 0.
Count Times(Count a, Count b) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  return a && b && *a <= kMax / *b ? Count(*a * *b) : std::nullopt;
}

Count Plus(Count a, Count b) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  return a && b && *a <= kMax - *b ? Count(*a + *b) : std::nullopt;
}

/// Reads the activeWhen of each parameter, given all parameters before it in the list.
class ConditionReader {
 public:
  ConditionReader(const std::vector<ParameterSpec>& specs,
                  const std::vector<Parameter>& read,
                  FieldErrors& errors)
      : specs_(specs), read_(read), errors_(errors) {}

  /// Called after parameter number `i` was read; `is_sound` is false if it has a fault.
  void Add(std::size_t i, bool is_sound) {
    places_.emplace(specs_[i].name, i);
    is_sound_.push_back(is_sound);
  }

  /// `path` is the field path of parameter number `i`, the next one to be added.
  std::optional<Parameter::Parent> Read(std::size_t i, const std::string& path) {
    const ActiveWhen& condition = *specs_[i].active_when;
    const std::string field = path + ".activeWhen";
    if (condition.values.empty()) {
      errors_.push_back({Type::kRequired,
                         field + ".values",
                         "",
                         "name the values of the parent under which this parameter lives"});
    }
    const std::optional<std::size_t> parent = FindParent(i, condition.parent, field + ".parent");
    if (!parent) {
      return std::nullopt;
    }
    return Parameter::Parent{*parent, ReadValues(*parent, condition.values, field + ".values")};
  }

 private:
  std::optional<std::size_t> FindParent(std::size_t i,
                                        const std::string& name,
                                        const std::string& field) {
    const auto found = places_.find(name);
    if (name.empty() || found == places_.end()) {
      errors_.push_back(
          {name.empty() ? Type::kRequired : Type::kInvalid,
           field,
           name,
           "must be the name of a parameter that stands above this one" + HintForParent(i, name)});
      return std::nullopt;
    }
    const Parameter& parent = read_[found->second];
    if (!is_sound_[found->second]) {
      return std::nullopt;  // the parent's own fault is reported already
    }
    if (parent.type == ParameterType::kDouble || !parent.Cardinality()) {
      errors_.push_back({Type::kInvalid,
                         field,
                         name,
                         parent.type == ParameterType::kDouble
                             ? "must be categorical, discrete or int, not double"
                             : "has too many values to tell apart; give it narrower bounds"});
      return std::nullopt;
    }
    return found->second;
  }

  [[nodiscard]] std::string HintForParent(std::size_t i, const std::string& name) const {
    constexpr std::size_t kNamesMax = 100;
    std::vector<std::string> above;
    for (std::size_t k = 0; k < std::min(i, kNamesMax); ++k) {
      above.push_back(specs_[k].name);
    }
    return SpellingHint(name, above);
  }

  std::vector<double> ReadValues(std::size_t parent,
                                 const std::vector<std::string>& texts,
                                 const std::string& field) {
    std::map<double, std::size_t> values;
    std::size_t faults = 0;
    for (std::size_t j = 0; j < texts.size() && faults < kListErrorsMax; ++j) {
      const std::string path = field + "[" + std::to_string(j) + "]";
      const std::optional<double> value = Find(parent, texts[j]);
      if (!value) {
        errors_.push_back(
            {Type::kInvalid, path, texts[j], "must be a value of " + read_[parent].name});
        ++faults;
      } else if (!values.emplace(*value, j).second) {
        errors_.push_back({Type::kDuplicate, path, texts[j], "is already listed"});
        ++faults;
      }
    }
    std::vector<double> sorted;
    sorted.reserve(values.size());
    std::transform(values.begin(), values.end(), std::back_inserter(sorted), [](const auto& entry) {
      return entry.first;
    });
    return sorted;
  }

  /// As Parameter::Parse, but fast for many children of a long list.
  std::optional<double> Find(std::size_t parent, const std::string& text) {
    const Parameter& parameter = read_[parent];
    const bool has_words = parameter.type == ParameterType::kCategorical;
    const std::optional<double> number = has_words ? std::nullopt : ParseNumber(text);
    if (parameter.type == ParameterType::kInt || (!has_words && !number)) {
      return number ? parameter.Parse(text) : std::nullopt;
    }
    Values& known = values_[parent];
    if (known.size() < parameter.values.size()) {
      for (std::size_t k = 0; k < parameter.values.size(); ++k) {
        const std::string& value = parameter.values[k];
        known.emplace(has_words ? value : FormatNumber(ParseNumber(value).value_or(kInactive)), k);
      }
    }
    const auto found = known.find(has_words ? text : FormatNumber(*number));
    return found == known.end() ? std::nullopt : std::optional(static_cast<double>(found->second));
  }

  const std::vector<ParameterSpec>& specs_;
  const std::vector<Parameter>& read_;
  FieldErrors& errors_;
  std::unordered_map<std::string_view, std::size_t> places_;
  std::vector<bool> is_sound_;
  /// For each list that is a parent: the index of each value. A number's key is its shortest text.
  using Values = std::unordered_map<std::string, std::size_t>;
  std::unordered_map<std::size_t, Values> values_;
};

}  // namespace

std::optional<SearchSpace> SearchSpace::Make(const std::vector<ParameterSpec>& specs,
                                             const std::string& field,
                                             FieldErrors& errors) {
  const std::size_t errors_before = errors.size();
  SearchSpace space;
  space.parameters_.reserve(specs.size());
  std::unordered_map<std::string_view, std::size_t> seen;
  ConditionReader conditions(specs, space.parameters_, errors);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const std::string path = field + "[" + std::to_string(i) + "]";
    const std::string& name = specs[i].name;
    const auto [first, is_new] = seen.emplace(name, i);
    if (!is_new && !name.empty()) {
      errors.push_back({Type::kDuplicate,
                        path + ".name",
                        name,
                        field + "[" + std::to_string(first->second) + "] has this name already"});
    }
    const std::size_t known_errors = errors.size();
    space.parameters_.push_back(ReadParameter(specs[i], path, errors));
    const bool is_sound = errors.size() == known_errors;
    if (specs[i].active_when) {
      space.parameters_.back().parent = conditions.Read(i, path);
    }
    conditions.Add(i, is_sound);
  }
  if (errors.size() != errors_before) {
    return std::nullopt;
  }
  space.CountSubtrees();
  return space;
}

SearchSpace SearchSpace::Fixed(std::size_t parameter, double value) const {
  SearchSpace space = *this;
  Parameter& fixed = space.parameters_.at(parameter);
  fixed.low = fixed.high = value;
  space.CountSubtrees();
  return space;
}

SearchSpace SearchSpace::Bounded(std::size_t parameter, double low, double high) const {
  SearchSpace space = *this;
  Parameter& bounded = space.parameters_.at(parameter);
  bounded.low = low;
  bounded.high = high;
  bounded.step = bounded.type == ParameterType::kInt ? 1 : 0;
  space.CountSubtrees();
  return space;
}

bool SearchSpace::IsActive(const Point& point, std::size_t i) const {
  const std::optional<Parameter::Parent>& parent = parameters_[i].parent;
  return !parent ||
         (!std::isnan(point[parent->index]) &&
          std::binary_search(parent->values.begin(), parent->values.end(), point[parent->index]));
}

Point SearchSpace::Mask(Point point) const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (!IsActive(point, i)) {
      point[i] = kInactive;
    }
  }
  return point;
}

// From the last parameter to the first, so that the subtrees below a parameter are counted before
// it.
void SearchSpace::CountSubtrees() {
  subtrees_.assign(size(), {});
  // For each parameter: the count below each value that has parameters below it.
  std::vector<std::map<std::uint64_t, Count>> below(size());
  for (std::size_t i = size(); i-- > 0;) {
    Subtree& subtree = subtrees_[i];
    Count points = 0;
    std::uint64_t next = 0;  // value
    for (const auto& [value, ways] : below[i]) {
      points = Plus(points, value - next);
      subtree.branches.push_back({value, points.value_or(0), ways.value_or(0)});
      points = Plus(points, ways);
      next = value + 1;
    }
    const Count values = parameters_[i].Cardinality();
    subtree.points = values ? Plus(points, *values - next) : std::nullopt;
    below[i].clear();
    const std::optional<Parameter::Parent>& parent = parameters_[i].parent;
    if (!parent) {
      continue;
    }
    for (const double value : parent->values) {
      Count& ways = below[parent->index]
                        .try_emplace(parameters_[parent->index].IndexOf(value), 1)
                        .first->second;
      ways = Times(ways, subtree.points);
    }
  }
}

/// The branch that contains point number `position` of the subtree.
SearchSpace::Branch SearchSpace::Subtree::At(std::uint64_t position) const {
  const auto next = std::upper_bound(
      branches.begin(), branches.end(), position, [](std::uint64_t at, const Branch& branch) {
        return at < branch.before;
      });
  if (next == branches.begin()) {
    return {position, position, 1};
  }
  const Branch& branch = *std::prev(next);
  const std::uint64_t offset = position - branch.before;
  return offset < branch.points ? branch
                                : Branch{branch.value + 1 + offset - branch.points, position, 1};
}

/// The branch of the value number `value`.
SearchSpace::Branch SearchSpace::Subtree::Of(std::uint64_t value) const {
  const auto next = std::upper_bound(
      branches.begin(), branches.end(), value, [](std::uint64_t wanted, const Branch& branch) {
        return wanted < branch.value;
      });
  if (next == branches.begin()) {
    return {value, value, 1};
  }
  const Branch& branch = *std::prev(next);
  return branch.value == value
             ? branch
             : Branch{value, branch.before + branch.points + value - branch.value - 1, 1};
}

std::optional<std::uint64_t> SearchSpace::Cardinality() const {
  Count product = 1;
  for (std::size_t i = 0; i < size(); ++i) {
    // Parameters with a parent are counted in the parent's subtree.
    product = parameters_[i].parent ? product : Times(product, subtrees_[i].points);
  }
  return product;
}

// If the first parameters are fixed, the number of ways to fill in the others is the product of the
// sizes of the active subtrees below them. The next parameter's subtree is one of the factors; the
// product without it, `ways`, is the number of consecutive points that share one point of that
// subtree.
Point SearchSpace::PointAt(std::uint64_t index) const {
  std::uint64_t ways = Cardinality().value();
  Point point(size(), kInactive);
  for (std::size_t i = 0; i < size(); ++i) {
    if (!IsActive(point, i)) {
      continue;
    }
    ways /= subtrees_[i].points.value();
    const Branch branch = subtrees_[i].At(index / ways);
    point[i] = parameters_[i].ValueAt(branch.value);
    index -= branch.before * ways;
    ways *= branch.points;
  }
  return point;
}

std::uint64_t SearchSpace::IndexOf(const Point& point) const {
  std::uint64_t ways = Cardinality().value();
  std::uint64_t index = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    if (!IsActive(point, i)) {
      continue;
    }
    ways /= subtrees_[i].points.value();
    const Branch branch = subtrees_[i].Of(parameters_[i].IndexOf(point[i]));
    index += branch.before * ways;
    ways *= branch.points;
  }
  return index;
}

bool SearchSpace::Contains(const Point& point) const {
  if (point.size() != size()) {
    return false;
  }
  for (std::size_t i = 0; i < size(); ++i) {
    const bool is_right =
        IsActive(point, i) ? parameters_[i].Snap(point[i]) == point[i] : std::isnan(point[i]);
    if (!is_right) {
      return false;
    }
  }
  return true;
}

Assignments SearchSpace::Format(const Point& point) const {
  HONE_CHECK(point.size() == size());
  Assignments assignments;
  assignments.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) {
    if (IsActive(point, i)) {
      assignments.push_back({parameters_[i].name, parameters_[i].Format(point[i])});
    }
  }
  return assignments;
}

std::optional<Point> SearchSpace::Parse(const Assignments& assignments) const {
  Point point(size(), kInactive);
  std::size_t used = 0;
  for (std::size_t i = 0; i < size(); ++i) {
    if (!IsActive(point, i)) {
      continue;
    }
    const std::string& name = parameters_[i].name;
    auto found = assignments.begin() + static_cast<std::ptrdiff_t>(used);
    if (found == assignments.end() || found->name != name) {  // in another order than ours
      found = std::find_if(assignments.begin(), assignments.end(), [&](const Assignment& a) {
        return a.name == name;
      });
    }
    const auto value =
        found == assignments.end() ? std::nullopt : parameters_[i].Parse(found->value);
    if (!value) {
      return std::nullopt;
    }
    point[i] = *value;
    ++used;
  }
  return used == assignments.size() ? std::optional(std::move(point)) : std::nullopt;
}

}  // namespace hone
