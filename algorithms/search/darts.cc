#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "algorithms/catalogue.h"
#include "algorithms/numerics/architecture_space.h"

namespace hone::algorithms {
namespace {

using Kind = SettingSchema::Kind;
using Type = FieldError::Type;

constexpr std::string_view kNames[] = {"algorithm-settings", "search-space", "num-layers"};
constexpr std::string_view kSkip = "skip_connection";
constexpr const char* kOperations = "spec.nasConfig.operations";

constexpr SettingSchema Count(std::string_view name,
                              std::string_view by_default,
                              double min,
                              std::string_view summary) {
  return {.name = name,
          .kind = Kind::kInt,
          .default_text = by_default,
          .range = min > 0 ? "an integer >= 1" : "an integer >= 0",
          .summary = summary,
          .min = min,
          .max = 1e9};
}

constexpr SettingSchema Amount(std::string_view name,
                               std::string_view by_default,
                               std::string_view summary) {
  return {.name = name,
          .default_text = by_default,
          .range = "a number >= 0",
          .summary = summary,
          .min = 0};
}

constexpr SettingSchema BatchSize() {
  SettingSchema schema = Count("batch_size", "128", 1, "images per batch");
  schema.range = "an integer >= 1, or None";
  schema.may_be_none = true;
  return schema;
}

/// In the order in which trials receive them.
constexpr SettingSchema kSettings[] = {
    Count("num_epochs", "50", 1, "epochs of the search in a trial"),
    Amount("w_lr", "0.025", "learning rate of the weights at the beginning"),
    Amount("w_lr_min", "0.001", "learning rate of the weights at the end"),
    Amount("w_momentum", "0.9", "momentum of the weights"),
    Amount("w_weight_decay", "0.0003", "decay of the weights"),
    Amount("w_grad_clip", "5.0", "bound on the norm of the weights' gradient"),
    Amount("alpha_lr", "0.0003", "learning rate of the architecture"),
    Amount("alpha_weight_decay", "0.001", "decay of the architecture"),
    BatchSize(),
    Count("num_workers", "4", 0, "processes that load images"),
    Count("init_channels", "16", 1, "channels of the first layer"),
    Count("print_step", "50", 1, "batches between two lines of output"),
    Count("num_nodes", "4", 1, "nodes of a cell"),
    Count("stem_multiplier", "3", 1, "channels of the stem, as a multiple of init_channels"),
};

std::string Quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

/// Katib's format: settings given by the user are strings, "None" is null, and defaults are
/// numbers.
std::string FormatSettings(std::span<const Setting> settings) {
  std::string text;
  const auto append = [&text](std::string_view name, const std::string& value) {
    text += (text.empty() ? "" : ", ") + Quoted(name) + ": " + value;
  };
  const auto given = [](const std::string& value) {
    return value == "None" ? "null" : Quoted(value);
  };
  for (const SettingSchema& schema : kSettings) {
    const std::string* const found = FindSetting(settings, schema.name);
    append(schema.name, found == nullptr ? std::string(schema.default_text) : given(*found));
  }
  for (const Setting& setting : settings) {
    const bool is_known =
        std::any_of(std::begin(kSettings), std::end(kSettings), [&](const SettingSchema& schema) {
          return schema.name == setting.name;
        });
    if (!is_known) {
      append(setting.name, given(setting.value));
    }
  }
  return "{" + text + "}";
}

void CheckPlain(const std::string& text, const std::string& field, FieldErrors& errors) {
  if (!IsPlain(text)) {
    errors.push_back({Type::kInvalid,
                      field,
                      text,
                      "must be without quotes, backslashes and control characters: trials get it "
                      "between single quotes"});
  }
}

/// Appends "TYPE_SIZExSIZE" for each size that the operation may have.
void AppendOperation(const Operation& operation,
                     const std::string& field,
                     std::string& text,
                     FieldErrors& errors) {
  const auto append = [&text](const std::string& entry) {
    text += (text.empty() ? "" : ", ") + Quoted(entry);
  };
  CheckPlain(operation.type, field + ".operationType", errors);
  if (operation.type == kSkip) {
    append(operation.type);
    return;
  }
  const std::string list = field + ".parameters[0].feasibleSpace.list";
  if (operation.parameters.empty() || operation.parameters[0].feasible_space.list.empty()) {
    errors.push_back({Type::kRequired,
                      list,
                      "",
                      "darts needs the filter sizes of " + operation.type +
                          " as the list of its first parameter"});
    return;
  }
  const std::vector<std::string>& sizes = operation.parameters[0].feasible_space.list;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    CheckPlain(sizes[i], list + "[" + std::to_string(i) + "]", errors);
    append(operation.type + "_" + sizes[i] + "x" + sizes[i]);
  }
}

/// Every run gets the same assignments. They do not identify the run, and nothing needs to: no
/// result is learned from.
class RunCodec final : public PointCodec {
 public:
  explicit RunCodec(Assignments texts) : texts_(std::move(texts)) {}

  [[nodiscard]] Assignments Format(const Point& /*point*/) const override { return texts_; }
  [[nodiscard]] std::optional<Point> Parse(const Assignments& /*texts*/) const override {
    return std::nullopt;
  }

 private:
  Assignments texts_;
};

/// The only parameter of the space is the number of the run. It has so many values that no run
/// repeats another one.
void ReadRuns(const NasConfig& nas, Problem& problem, FieldErrors& errors) {
  const std::size_t before = errors.size();
  if (!nas.num_layers || *nas.num_layers < 1) {
    errors.push_back({nas.num_layers ? Type::kInvalid : Type::kRequired,
                      "spec.nasConfig.graphConfig.numLayers",
                      nas.num_layers ? std::to_string(*nas.num_layers) : "",
                      "give the number of layers, at least 1"});
  }
  if (nas.operations.empty()) {
    errors.push_back({Type::kRequired, kOperations, "", "give at least one operation"});
  }
  std::string operations;
  for (std::size_t i = 0; i < nas.operations.size(); ++i) {
    AppendOperation(nas.operations[i],
                    std::string(kOperations) + "[" + std::to_string(i) + "]",
                    operations,
                    errors);
  }
  for (std::size_t i = 0; i < problem.settings.size(); ++i) {
    const std::string field = "spec.algorithm.algorithmSettings[" + std::to_string(i) + "]";
    CheckPlain(problem.settings[i].name, field + ".name", errors);
    CheckPlain(problem.settings[i].value, field + ".value", errors);
  }
  if (errors.size() != before) {
    return;
  }
  const ParameterSpec run{"run", ParameterType::kInt, {"1", "9007199254740992", "", {}, {}}, {}};
  problem.space = SearchSpace::Make({run}, "", errors).value();
  problem.codec = std::make_shared<RunCodec>(
      Assignments{{std::string(kNames[0]), FormatSettings(problem.settings)},
                  {std::string(kNames[1]), "[" + operations + "]"},
                  {std::string(kNames[2]), std::to_string(*nas.num_layers)}});
}

class DartsRuns final : public SearchAlgorithm {
 public:
  void Observe(std::span<const ObservedTrial> /*trials*/) override {}

  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) override {
    Proposals proposals;
    for (std::size_t i = 0; i < count; ++i) {
      proposals.list.push_back({{static_cast<double>(first_ordinal + i)}, 0, {}});
    }
    return proposals;
  }
};

void Check(const Problem& problem, FieldErrors& errors) {
  if (!problem.codec) {
    errors.push_back(MissingNasConfig("darts"));
  }
}

std::unique_ptr<SearchAlgorithm> Make(const Problem& /*problem*/) {
  return std::make_unique<DartsRuns>();
}

}  // namespace

extern const Algorithm k_darts;
const Algorithm k_darts = {
    .name = "darts",
    .summary =
        "hands settings and operations to trials, each of which searches an architecture by "
        "gradient descent on its own; settings that are not listed here are handed on as they are",
    .citation = "Liu, Simonyan, Yang, DARTS: Differentiable architecture search, 2019",
    .settings = kSettings,
    .needs_architectures = true,
    .hands_settings_on = true,
    .read_architectures = ReadRuns,
    .architecture_names = kNames,
    .check = Check,
    .make = Make,
};

}  // namespace hone::algorithms
