#include "algorithms/numerics/architecture_space.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>
#include <utility>

#include "proto/core/result.h"

namespace hone::algorithms {
namespace {

using Type = FieldError::Type;

constexpr const char* kGraph = "spec.nasConfig.graphConfig";
constexpr const char* kOperations = "spec.nasConfig.operations";

std::string Quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

std::string ListOf(const std::vector<std::int32_t>& numbers) {
  std::string text;
  for (const std::int32_t number : numbers) {
    text += (text.empty() ? "" : ", ") + std::to_string(number);
  }
  return "[" + text + "]";
}

void CheckGraph(const NasConfig& nas, FieldErrors& errors) {
  const std::string graph = kGraph;
  constexpr auto kMost = static_cast<std::int32_t>(ArchitectureSpace::kLayersMax);
  if (!nas.num_layers) {
    errors.push_back({Type::kRequired, graph + ".numLayers", "", "give the number of layers"});
  } else if (*nas.num_layers < 1 || *nas.num_layers > kMost) {
    errors.push_back({Type::kInvalid,
                      graph + ".numLayers",
                      std::to_string(*nas.num_layers),
                      "must be from 1 to " + std::to_string(kMost)});
  }
  if (nas.input_sizes.empty()) {
    errors.push_back({Type::kRequired, graph + ".inputSizes", "", "give the sizes of the input"});
  }
  if (nas.output_sizes.empty()) {
    errors.push_back({Type::kRequired, graph + ".outputSizes", "", "give the sizes of the output"});
  }
  if (nas.operations.empty()) {
    errors.push_back({Type::kRequired, kOperations, "", "give at least one operation"});
  }
}

/// Expands operations into candidates and formats the nn_config entry of each.
class CandidateReader {
 public:
  explicit CandidateReader(FieldErrors& errors) : errors_(errors) {}

  void Read(const Operation& operation, const std::string& field) {
    CheckPlain(operation.type, field + ".operationType");
    if (operation.parameters.empty()) {
      errors_.push_back(
          {Type::kRequired, field + ".parameters", "", "give at least one parameter"});
    }
    for (std::size_t i = 0; i < operation.parameters.size(); ++i) {
      CheckTexts(operation.parameters[i], field + ".parameters[" + std::to_string(i) + "]");
    }
    const auto space = SearchSpace::Make(operation.parameters, field + ".parameters", errors_);
    if (!space || !CheckCount(*space, field + ".parameters")) {
      return;
    }
    for (std::uint64_t i = 0; i < space->Cardinality().value(); ++i) {
      candidates_.push_back(Describe(operation.type, *space, space->PointAt(i)));
    }
  }

  [[nodiscard]] std::vector<std::string> Take() { return std::move(candidates_); }

 private:
  void CheckPlain(const std::string& text, const std::string& field) {
    if (!IsPlain(text)) {
      errors_.push_back({Type::kInvalid,
                         field,
                         text,
                         "must be without quotes, backslashes and control characters: nn_config "
                         "writes it between single quotes"});
    }
  }

  void CheckTexts(const ParameterSpec& parameter, const std::string& field) {
    CheckPlain(parameter.name, field + ".name");
    const std::vector<std::string>& list = parameter.feasible_space.list;
    for (std::size_t i = 0; i < list.size(); ++i) {
      CheckPlain(list[i], field + ".feasibleSpace.list[" + std::to_string(i) + "]");
    }
  }

  bool CheckCount(const SearchSpace& space, const std::string& field) {
    const std::size_t before = errors_.size();
    for (std::size_t i = 0; i < space.size(); ++i) {
      if (!space.parameters()[i].Cardinality()) {
        errors_.push_back({Type::kRequired,
                           field + "[" + std::to_string(i) + "].feasibleSpace.step",
                           "",
                           "give a step: an operation has to have a finite number of variants"});
      }
    }
    const std::uint64_t room = ArchitectureSpace::kOperationsMax - candidates_.size();
    if (errors_.size() == before && space.Cardinality().value_or(~std::uint64_t{0}) > room) {
      errors_.push_back({Type::kInvalid,
                         field,
                         "",
                         "makes more than " + std::to_string(ArchitectureSpace::kOperationsMax) +
                             " operations of all combinations; give fewer values or larger steps"});
    }
    return errors_.size() == before;
  }

  // Lists are formatted as strings and ranges as numbers, as trials written for Katib expect.
  [[nodiscard]] std::string Describe(const std::string& type,
                                     const SearchSpace& space,
                                     const Point& point) const {
    std::string parameters;
    for (std::size_t i = 0; i < space.size(); ++i) {
      if (!space.IsActive(point, i)) {
        continue;
      }
      const Parameter& parameter = space.parameters()[i];
      const std::string value = parameter.Format(point[i]);
      parameters += (parameters.empty() ? "" : ", ") + Quoted(parameter.name) + ": " +
                    (parameter.IsList() ? Quoted(value) : value);
    }
    return "{'opt_id': " + std::to_string(candidates_.size()) + ", 'opt_type': " + Quoted(type) +
           ", 'opt_params': {" + parameters + "}}";
  }

  FieldErrors& errors_;
  std::vector<std::string> candidates_;
};

ParameterSpec Choice(std::string name, std::size_t count) {
  ParameterSpec spec{std::move(name), ParameterType::kCategorical, {}, {}};
  for (std::size_t i = 0; i < count; ++i) {
    spec.feasible_space.list.push_back(std::to_string(i));
  }
  return spec;
}

SearchSpace SpaceOf(const ArchitectureLayout& layout) {
  std::vector<ParameterSpec> specs;
  specs.reserve(layout.size());
  for (std::size_t layer = 0; layer < layout.layers; ++layer) {
    specs.push_back(Choice("operation of layer " + std::to_string(layer), layout.operations));
    for (std::size_t earlier = 0; earlier < layer; ++earlier) {
      specs.push_back(
          Choice("layer " + std::to_string(layer) + " takes " + std::to_string(earlier), 2));
    }
  }
  FieldErrors none;
  return SearchSpace::Make(specs, "", none).value();
}

/// Reads "[[3], [12, 1]]" from the start; blanks may separate its parts.
class ArchitectureReader {
 public:
  explicit ArchitectureReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool Take(char wanted) {
    SkipBlanks();
    if (rest_.empty() || rest_.front() != wanted) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  /// A number below `count`.
  [[nodiscard]] std::optional<std::size_t> TakeNumber(std::size_t count) {
    SkipBlanks();
    std::size_t number = 0;
    const auto read = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (read.ec != std::errc() || number >= count) {
      return std::nullopt;
    }
    rest_.remove_prefix(static_cast<std::size_t>(read.ptr - rest_.data()));
    return number;
  }

  [[nodiscard]] bool IsAtEnd() {
    SkipBlanks();
    return rest_.empty();
  }

 private:
  void SkipBlanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  std::string_view rest_;
};

/// Appends the choices of a layer.
bool TakeLayer(ArchitectureReader& reader,
               std::size_t layer,
               std::size_t operations,
               Point& point) {
  for (std::size_t i = 0; i <= layer; ++i) {
    const auto number =
        reader.Take(i == 0 ? '[' : ',') ? reader.TakeNumber(i == 0 ? operations : 2) : std::nullopt;
    if (!number) {
      return false;
    }
    point.push_back(static_cast<double>(*number));
  }
  return reader.Take(']');
}

}  // namespace

bool IsPlain(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return c == '\'' || c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ' || c == 0x7F;
  });
}

FieldError MissingNasConfig(std::string_view algorithm) {
  return {Type::kRequired,
          "spec.nasConfig",
          "",
          "algorithm " + std::string(algorithm) +
              " searches architectures: say which layers and operations there are"};
}

std::optional<ArchitectureSpace> ArchitectureSpace::Make(const NasConfig& nas,
                                                         FieldErrors& errors) {
  const std::size_t before = errors.size();
  CheckGraph(nas, errors);
  CandidateReader reader(errors);
  for (std::size_t i = 0; i < nas.operations.size(); ++i) {
    reader.Read(nas.operations[i], std::string(kOperations) + "[" + std::to_string(i) + "]");
  }
  if (errors.size() != before) {
    return std::nullopt;
  }
  ArchitectureSpace made;
  made.candidates_ = reader.Take();
  made.layout_ = {static_cast<std::size_t>(*nas.num_layers), made.candidates_.size()};
  made.space_ = SpaceOf(made.layout_);
  made.config_head_ = "{'num_layers': " + std::to_string(*nas.num_layers) +
                      ", 'input_sizes': " + ListOf(nas.input_sizes) +
                      ", 'output_sizes': " + ListOf(nas.output_sizes) + ", 'embedding': {";
  return made;
}

std::size_t ArchitectureSpace::ChoiceAt(const Point& point, std::size_t place) const {
  HONE_CHECK(point.size() == layout_.size());
  return static_cast<std::size_t>(point[place]);
}

std::string ArchitectureSpace::FormatArchitecture(const Point& point) const {
  std::string text;
  for (std::size_t layer = 0; layer < layout_.layers; ++layer) {
    text += layer == 0 ? "[" : ", [";
    for (std::size_t i = 0; i <= layer; ++i) {
      text += (i == 0 ? "" : ", ") +
              std::to_string(ChoiceAt(point, ArchitectureLayout::OperationAt(layer) + i));
    }
    text += "]";
  }
  return "[" + text + "]";
}

// Katib describes each operation of this architecture once, in the order of first use.
std::string ArchitectureSpace::FormatConfig(const Point& point) const {
  std::string text = config_head_;
  std::set<std::size_t> described;
  for (std::size_t layer = 0; layer < layout_.layers; ++layer) {
    const std::size_t operation = ChoiceAt(point, ArchitectureLayout::OperationAt(layer));
    if (described.insert(operation).second) {
      text += (described.size() == 1 ? "" : ", ") + Quoted(std::to_string(operation)) + ": " +
              candidates_[operation];
    }
  }
  return text + "}}";
}

Assignments ArchitectureSpace::Format(const Point& point) const {
  return {{std::string(kArchitectureNames[0]), FormatArchitecture(point)},
          {std::string(kArchitectureNames[1]), FormatConfig(point)}};
}

std::optional<Point> ArchitectureSpace::Parse(const Assignments& assignments) const {
  const auto found =
      std::find_if(assignments.begin(), assignments.end(), [](const Assignment& each) {
        return each.name == kArchitectureNames[0];
      });
  if (found == assignments.end()) {
    return std::nullopt;
  }
  ArchitectureReader reader(found->value);
  Point point;
  for (std::size_t layer = 0; layer < layout_.layers; ++layer) {
    if (!reader.Take(layer == 0 ? '[' : ',') ||
        !TakeLayer(reader, layer, layout_.operations, point)) {
      return std::nullopt;
    }
  }
  return reader.Take(']') && reader.IsAtEnd() ? std::optional(std::move(point)) : std::nullopt;
}

void ReadArchitectureSpace(const NasConfig& nas, Problem& problem, FieldErrors& errors) {
  if (auto space = ArchitectureSpace::Make(nas, errors)) {
    problem.space = space->space();
    problem.layout = space->layout();
    problem.codec = std::make_shared<ArchitectureSpace>(*std::move(space));
  }
}

}  // namespace hone::algorithms
