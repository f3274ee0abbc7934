// An experiment written as flags: `hone run --maximize accuracy -p lr=loguniform:1e-4..1e-1 --
// python train.py --lr {lr}` becomes the same Experiment as an equivalent manifest. Checks that the
// files that the command names exist; otherwise pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/core/result.h"
#include "proto/model/algorithm_spec.h"
#include "proto/model/metrics_collector_spec.h"
#include "proto/model/parameter_spec.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// The flags of `hone run`, as they were given.
struct InlineFlags {
  std::optional<std::string> name;
  std::optional<std::string> maximize;
  std::optional<std::string> minimize;
  std::optional<double> goal;
  std::vector<std::string> parameters;
  std::vector<std::string> metrics;
  std::optional<std::int64_t> trials;
  std::optional<std::int64_t> parallel;
  std::optional<std::int64_t> max_failed;
  std::optional<std::string> time;
  std::optional<std::string> algorithm;
  std::vector<std::string> settings;
  std::optional<std::string> early_stopping;
  std::vector<std::string> early_stopping_settings;
  std::optional<std::int64_t> seed;
  std::optional<std::string> file_metrics;
  bool has_json_metrics = false;
  std::optional<std::string> format;
  std::vector<std::string> filters;
  std::optional<std::string> timeout;
  std::optional<std::int64_t> retries;
  std::optional<std::int64_t> gpus_per_trial;
  std::optional<std::string> working_directory;

  bool operator==(const InlineFlags&) const = default;
};

/// `unique` is appended to the default name, so that no earlier experiment has it. Errors
/// (kInvalidArgument) name the flag and say what would be right.
Result<Experiment> MakeInlineExperiment(const InlineFlags& flags,
                                        const std::vector<std::string>& command,
                                        const std::string& unique);

/// Reads the texts "KEY=VALUE" of a flag that may be repeated.
Result<std::vector<Setting>> ParseSettings(const std::string& flag,
                                           const std::vector<std::string>& texts);

/// The words of --format.
std::vector<std::string> FormatWords();

/// The metrics collector that the flags describe.
Result<MetricsCollectorSpec> CollectorOf(const InlineFlags& flags);

/// Reads "lr=loguniform:1e-4..1e-1", "layers=int:1..4", "act=relu,tanh" and the like.
Result<ParameterSpec> ParseParameter(const std::string& text);

/// Replaces {name} by ${trialParameters.name} in the words of a command; {{name}} becomes {name}.
/// Adds the names that occur to `used`.
Result<std::vector<std::string>> ReplaceParameters(const std::vector<std::string>& command,
                                                   const std::vector<std::string>& names,
                                                   std::vector<std::string>& used);

/// The default name of an experiment: "train" for `python3 lib/train.py ...`.
std::string NameFromCommand(const std::vector<std::string>& command);

/// The flag that set `field`, for error messages about an inline experiment:
/// "spec.parameters[0]..." becomes "-p lr". Other fields stay as they are.
std::string FlagOfField(const Experiment& experiment, const std::string& field);

}  // namespace hone::controller
