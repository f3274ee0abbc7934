#include "algorithms/numerics/resource_ladder.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "algorithms/catalogue.h"
#include "proto/model/observation.h"

namespace hone::algorithms {
namespace {

/// Maximum rounding error by which a power of eta may miss a whole number.
constexpr double kRounding = 1e-9;

/// The index of a parameter; nothing if none has that name.
std::optional<std::size_t> PlaceOf(const SearchSpace& space, const std::string& name) {
  const auto& parameters = space.parameters();
  const auto found = std::find_if(
      parameters.begin(), parameters.end(), [&](const auto& each) { return each.name == name; });
  return found == parameters.end()
             ? std::nullopt
             : std::optional(static_cast<std::size_t>(found - parameters.begin()));
}

/// The resource changes while the configuration stays the same: it must be neither conditional nor
/// a condition of others.
bool IsIndependent(const SearchSpace& space, std::size_t index) {
  const auto& parameters = space.parameters();
  return !parameters[index].parent &&
         std::none_of(parameters.begin(), parameters.end(), [&](const auto& each) {
           return each.parent && each.parent->index == index;
         });
}

/// Reads the settings of a ladder and reports what is wrong with them.
class LadderReader {
 public:
  LadderReader(const Problem& problem, FieldErrors& errors) : problem_(problem), errors_(errors) {}

  /// The index of the resource in the space; nothing if no parameter is suitable.
  std::optional<std::size_t> ReadParameter() {
    const std::string* const name = TextOf(kResourceName.name);
    if (name == nullptr) {
      errors_.push_back({FieldError::Type::kRequired,
                         "spec.algorithm.algorithmSettings",
                         "",
                         "give resource_name: the parameter that says how much a trial may use"});
      return std::nullopt;
    }
    const std::optional<std::size_t> index = PlaceOf(problem_.space, *name);
    if (!index) {
      Refuse(kResourceName.name, *name, "must name a parameter" + Hint(*name));
    } else if (problem_.space.parameters()[*index].IsList()) {
      Refuse(kResourceName.name, *name, "must name a parameter of type int or double");
    } else if (!IsIndependent(problem_.space, *index)) {
      Refuse(kResourceName.name,
             *name,
             "must name a parameter that depends on no other and on which none depends");
    } else {
      return index;
    }
    return std::nullopt;
  }

  /// The highest level; nothing if it is invalid.
  std::optional<double> ReadMaximum(const Parameter& resource) {
    const double maximum = NumberOf(problem_.settings, kMaximumResource.name, resource.high);
    const std::string name = "parameter " + resource.name;
    if (!(maximum > 0)) {
      Refuse(kMaximumResource.name, "", name + " is never positive; give it a max above 0");
      return std::nullopt;
    }
    if (maximum > resource.high || maximum < resource.low) {
      Refuse(kMaximumResource.name,
             FormatNumber(maximum),
             "must be in the range of " + name + ", " + resource.Format(resource.low) + " to " +
                 resource.Format(resource.high) + "; change r_l or that range");
      return std::nullopt;
    }
    return maximum;
  }

  /// The lower bound of all levels.
  double ReadMinimum(const Parameter& resource) {
    const double least = resource.low > 0 ? resource.low : 1;
    return std::max(NumberOf(problem_.settings, kMinimumResource.name, least), resource.low);
  }

  /// `levels` are the distinct ones of `steps`; the parameter may be too coarse to tell all steps
  /// apart.
  bool HasEnough(std::size_t levels, std::size_t steps, double maximum, double minimum) {
    const std::string range = FormatNumber(minimum) + " to " + FormatNumber(maximum);
    if (steps > ResourceLadder::kLevelsMax) {
      const std::string* const eta = TextOf(kEta.name);
      Refuse(kEta.name,
             eta == nullptr ? "" : *eta,
             "must be larger: from " + range + " there are more than " +
                 std::to_string(ResourceLadder::kLevelsMax) + " rungs");
    } else if (levels < ResourceLadder::kLevelsMin) {
      Refuse(kMaximumResource.name,
             FormatNumber(maximum),
             "must be at least eta times the least resource, so that a trial can go on: from " +
                 range + " there is only one rung");
    } else {
      return true;
    }
    return false;
  }

 private:
  [[nodiscard]] const std::string* TextOf(std::string_view name) const {
    return FindSetting(problem_.settings, name);
  }

  void Refuse(std::string_view setting, std::string found, std::string message) {
    std::string field = "spec.algorithm.algorithmSettings";
    for (std::size_t i = 0; i < problem_.settings.size(); ++i) {
      if (problem_.settings[i].name == setting) {
        field += "[" + std::to_string(i) + "].value";
        break;
      }
    }
    errors_.push_back({FieldError::Type::kInvalid,
                       std::move(field),
                       std::move(found),
                       std::string(setting) + " " + std::move(message)});
  }

  [[nodiscard]] std::string Hint(const std::string& name) const {
    std::vector<std::string> names;
    for (const Parameter& parameter : problem_.space.parameters()) {
      names.push_back(parameter.name);
    }
    return SpellingHint(name, names);
  }

  const Problem& problem_;
  FieldErrors& errors_;
};

}  // namespace

std::optional<ResourceLadder> ResourceLadder::Make(const Problem& problem, FieldErrors& errors) {
  LadderReader reader(problem, errors);
  const auto parameter = reader.ReadParameter();
  if (!parameter) {
    return std::nullopt;
  }
  const Parameter& resource = problem.space.parameters()[*parameter];
  const auto maximum = reader.ReadMaximum(resource);
  if (!maximum) {
    return std::nullopt;
  }
  const double minimum = reader.ReadMinimum(resource);
  ResourceLadder ladder;
  ladder.parameter_ = *parameter;
  ladder.eta_ = NumberOf(problem.settings, kEta);
  // R, R / eta, ... (Li et al., "Hyperband", JMLR 18, 2018, algorithm 1, line 6), as far as the
  // parameter's legal values are distinct.
  double amount = *maximum;
  std::size_t steps = 0;
  for (; amount >= minimum * (1 - kRounding) && steps <= kLevelsMax; ++steps) {
    const double level = resource.Snap(amount);
    if (ladder.levels_.empty() || level < ladder.levels_.back()) {
      ladder.levels_.push_back(level);
    }
    amount /= ladder.eta_;
  }
  if (!reader.HasEnough(ladder.levels_.size(), steps, *maximum, minimum)) {
    return std::nullopt;
  }
  std::reverse(ladder.levels_.begin(), ladder.levels_.end());
  return ladder;
}

std::optional<std::size_t> ResourceLadder::LevelOf(const Point& point) const {
  const auto found = std::lower_bound(levels_.begin(), levels_.end(), point[parameter_]);
  if (found == levels_.end() || *found != point[parameter_]) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - levels_.begin());
}

SearchSpace OpenResource(const SearchSpace& space, std::span<const Setting> settings) {
  const std::string* const name = FindSetting(settings, kResourceName.name);
  const auto index = name == nullptr ? std::nullopt : PlaceOf(space, *name);
  if (!index || FindSetting(settings, kMaximumResource.name) == nullptr) {
    return space;
  }
  const Parameter& resource = space.parameters()[*index];
  if (resource.IsList() || resource.low != resource.high || !IsIndependent(space, *index)) {
    return space;
  }
  double low = NumberOf(settings, kMinimumResource.name, 1);
  double high = NumberOf(settings, kMaximumResource.name, 1);
  if (resource.type == ParameterType::kInt) {
    low = std::max(1.0, std::floor(low));
    high = std::ceil(high);
    if (high > Parameter::kStepsMax) {
      return space;
    }
  }
  return space.Bounded(*index, std::min(low, high), high);
}

void CheckLadder(const Problem& problem, FieldErrors& errors) {
  static_cast<void>(ResourceLadder::Make(problem, errors));
}

}  // namespace hone::algorithms
