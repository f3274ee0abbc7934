#include "controller/cli/inline_experiment.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <limits>
#include <utility>

#include "algorithms/catalogue.h"
#include "controller/cli/text.h"
#include "controller/workload/shell_syntax.h"
#include "proto/convert/document.h"
#include "proto/convert/field_reader.h"
#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

constexpr const char* kContainer = "trial";
constexpr const char* kSeedSetting = "random_state";
/// A placeholder that every command may use beside the parameters: the trial's name.
constexpr const char* kTrialWord = "trial";

tl::unexpected<Error> Invalid(const std::string& message) {
  return Fail(Code::kInvalidArgument, message);
}

Status FillCount(const std::string& flag,
                 const std::optional<std::int64_t>& value,
                 std::optional<std::int32_t>& count) {
  if (!value) {
    return {};
  }
  if (*value < 0 || *value > std::numeric_limits<std::int32_t>::max()) {
    return Invalid(flag + " " + std::to_string(*value) + ": must be from 0 to 2147483647");
  }
  count = static_cast<std::int32_t>(*value);
  return {};
}

Status FillBudget(const InlineFlags& flags, ExperimentSpec& spec) {
  if (!flags.trials && !flags.goal && !flags.time && flags.algorithm != "grid") {
    return Invalid(
        "how many trials? Add -n N (or --goal X to end when it is reached, or --time DURATION)");
  }
  if (flags.time) {
    HONE_ASSIGN_OR_RETURN(const std::int64_t seconds, ReadDuration("--time", *flags.time));
    HONE_RETURN_IF_ERROR(FillCount("--time", seconds, spec.max_duration_seconds));
  }
  HONE_RETURN_IF_ERROR(FillCount("--trials", flags.trials, spec.max_trial_count));
  HONE_RETURN_IF_ERROR(
      FillCount("--parallel", flags.parallel.value_or(1), spec.parallel_trial_count));
  return FillCount("--max-failed", flags.max_failed, spec.max_failed_trial_count);
}

Status FillObjective(const InlineFlags& flags, ExperimentSpec& spec) {
  if (flags.maximize.has_value() == flags.minimize.has_value()) {
    return Invalid(flags.maximize ? "--maximize and --minimize: only one objective is possible"
                                  : "what is wanted? Add --maximize METRIC or --minimize METRIC");
  }
  Objective objective;
  objective.type = flags.maximize ? ObjectiveType::kMaximize : ObjectiveType::kMinimize;
  objective.metric_name = flags.maximize ? *flags.maximize : *flags.minimize;
  if (objective.metric_name.empty() || objective.metric_name.starts_with("-")) {
    return Invalid("\"" + objective.metric_name + "\" is not the name of a metric");
  }
  objective.goal = flags.goal;
  objective.additional_metric_names = flags.metrics;
  spec.objective = std::move(objective);
  return {};
}

Status FillStopping(const InlineFlags& flags, ExperimentSpec& spec) {
  if (!flags.early_stopping) {
    return flags.early_stopping_settings.empty()
               ? Status()
               : Invalid("--early-stopping-set: which rule? Add --early-stopping NAME");
  }
  AlgorithmSpec stopping;
  stopping.name = *flags.early_stopping;
  HONE_ASSIGN_OR_RETURN(stopping.settings,
                        ParseSettings("--early-stopping-set", flags.early_stopping_settings));
  spec.early_stopping = std::move(stopping);
  return {};
}

Status FillAlgorithm(const InlineFlags& flags, ExperimentSpec& spec) {
  AlgorithmSpec algorithm;
  algorithm.name = flags.algorithm.value_or("auto");
  HONE_ASSIGN_OR_RETURN(algorithm.settings, ParseSettings("--set", flags.settings));
  if (flags.seed) {
    const algorithms::Algorithm* known = algorithms::Find(algorithm.name);
    const bool takes_seed =
        known == nullptr ||
        std::any_of(known->settings.begin(), known->settings.end(), [](const auto& setting) {
          return setting.name == kSeedSetting;
        });
    if (!takes_seed) {
      return Invalid("--seed: the algorithm " + algorithm.name + " draws nothing at random");
    }
    algorithm.settings.push_back({kSeedSetting, std::to_string(*flags.seed)});
  }
  spec.algorithm = std::move(algorithm);
  return {};
}

Result<MetricsFormat> ReadFormat(const InlineFlags& flags) {
  if (!flags.format) {
    return flags.has_json_metrics ? MetricsFormat::kJson : MetricsFormat::kText;
  }
  std::string word = *flags.format;
  std::transform(word.begin(), word.end(), word.begin(), ::toupper);
  const std::optional<MetricsFormat> format = FromText<MetricsFormat>(word);
  if (!format || *format == MetricsFormat::kUnset) {
    return Invalid("--format " + *flags.format + ": must be " + proto::JoinWords(FormatWords()));
  }
  if (flags.has_json_metrics && *format != MetricsFormat::kJson) {
    return Invalid("--json and --format " + *flags.format + ": only one format is possible");
  }
  return *format;
}

// True if the path of the program itself contains a blank.
bool IsProgramWithBlank(const std::vector<std::string>& command) {
  std::error_code ignored;
  return command.front().find(' ') != std::string::npos &&
         std::filesystem::is_regular_file(command.front(), ignored);
}

Status CheckCommand(const std::vector<std::string>& command) {
  const auto syntax = IsProgramWithBlank(command) ? std::nullopt : FindShellSyntax(command);
  if (!syntax) {
    return {};
  }
  const bool names_shell = syntax->instead.find("sh -c") != std::string::npos;
  return Invalid("the command: " + syntax->what + ", and no shell runs it; " + syntax->instead +
                 (names_shell ? ", as in -- sh -c 'cd data && ./train {lr}'" : ""));
}

Status CheckFolder(const InlineFlags& flags) {
  std::error_code ignored;
  if (!flags.working_directory ||
      std::filesystem::is_directory(*flags.working_directory, ignored)) {
    return {};
  }
  return Invalid("--working-directory " + *flags.working_directory +
                 ": there is no such folder; make it first");
}

// The Job whose primary container is the command.
Result<proto::Json> MakeJob(const InlineFlags& flags, std::vector<std::string> command) {
  proto::Json container = {{"name", kContainer}, {"command", std::move(command)}};
  proto::Json pod = {{"restartPolicy", "Never"}};
  if (flags.working_directory) {
    container["workingDir"] = *flags.working_directory;
  }
  if (flags.gpus_per_trial.value_or(0) > 0) {
    container["resources"]["limits"]["nvidia.com/gpu"] = *flags.gpus_per_trial;
  }
  pod["containers"] = proto::Json::array({container});
  proto::Json spec = {{"template", {{"spec", pod}}}, {"backoffLimit", flags.retries.value_or(0)}};
  if (flags.timeout) {
    HONE_ASSIGN_OR_RETURN(const std::int64_t seconds, ReadDuration("--timeout", *flags.timeout));
    spec["activeDeadlineSeconds"] = seconds;
  }
  return proto::Json{{"apiVersion", "batch/v1"}, {"kind", "Job"}, {"spec", spec}};
}

Status FillTemplate(const InlineFlags& flags,
                    const std::vector<std::string>& command,
                    ExperimentSpec& spec) {
  std::vector<std::string> names;
  for (const ParameterSpec& parameter : spec.parameters) {
    names.push_back(parameter.name);
  }
  const bool has_trial_parameter = std::find(names.begin(), names.end(), kTrialWord) != names.end();
  std::vector<std::string> known = names;
  if (!has_trial_parameter) {
    known.emplace_back(kTrialWord);
  }
  std::vector<std::string> used;
  HONE_ASSIGN_OR_RETURN(std::vector<std::string> words, ReplaceParameters(command, known, used));
  const auto is_used = [&](const std::string& name) {
    return std::find(used.begin(), used.end(), name) != used.end();
  };
  TrialTemplate trial_template;
  trial_template.trial_parameters.emplace();
  for (const std::string& name : names) {
    if (!is_used(name)) {
      return Invalid("the parameter " + name + " is not used: write {" + name +
                     "} where the command wants its value");
    }
    trial_template.trial_parameters->push_back({name, "", name});
  }
  if (!has_trial_parameter && is_used(kTrialWord)) {
    trial_template.trial_parameters->push_back({kTrialWord, "", "${trialSpec.Name}"});
  }
  if (IsProgramWithBlank(command)) {
    words.insert(words.begin(), "env");  // else the path would be read as a shell's command line
  }
  HONE_ASSIGN_OR_RETURN(const proto::Json job, MakeJob(flags, std::move(words)));
  trial_template.trial_spec = proto::WriteJson(job);
  trial_template.primary_container_name = kContainer;
  trial_template.retain = true;
  spec.trial_template = std::move(trial_template);
  return {};
}

}  // namespace

Result<std::vector<Setting>> ParseSettings(const std::string& flag,
                                           const std::vector<std::string>& texts) {
  std::vector<Setting> settings;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Invalid(flag + " " + text + ": write KEY=VALUE");
    }
    settings.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return settings;
}

std::vector<std::string> FormatWords() {
  std::vector<std::string> words = WordsOf<MetricsFormat>();
  for (std::string& word : words) {
    std::transform(word.begin(), word.end(), word.begin(), ::tolower);
  }
  return words;
}

Result<MetricsCollectorSpec> CollectorOf(const InlineFlags& flags) {
  HONE_ASSIGN_OR_RETURN(const MetricsFormat format, ReadFormat(flags));
  if (format == MetricsFormat::kJson && !flags.filters.empty()) {
    return Invalid(
        "--json and --filter: give one of them; in JSON the names of the metrics are the keys");
  }
  MetricsCollectorSpec collector;
  collector.kind = flags.file_metrics ? CollectorKind::kFile : CollectorKind::kStdOut;
  if (flags.file_metrics || format != MetricsFormat::kText) {
    MetricsCollectorSpec::FileSystemPath source;
    source.path = flags.file_metrics.value_or("");
    source.kind = PathKind::kFile;
    source.format = format;
    if (flags.file_metrics) {
      // Relative to the folder in which the trials run.
      std::error_code ignored;
      source.path = (std::filesystem::current_path(ignored) / flags.working_directory.value_or("") /
                     source.path)
                        .lexically_normal()
                        .string();
    }
    collector.file_system_path = std::move(source);
  }
  if (!flags.filters.empty()) {
    collector.metrics_format = flags.filters;
  }
  return collector;
}

Result<Experiment> MakeInlineExperiment(const InlineFlags& flags,
                                        const std::vector<std::string>& command,
                                        const std::string& unique) {
  if (command.empty()) {
    return Invalid("what is to be run? Add the command of a trial behind \"--\"");
  }
  HONE_RETURN_IF_ERROR(CheckCommand(command));
  HONE_RETURN_IF_ERROR(CheckFolder(flags));
  Experiment experiment;
  experiment.key.name = flags.name.value_or(NameFromCommand(command) + "-" + unique);
  ExperimentSpec& spec = experiment.spec;
  HONE_RETURN_IF_ERROR(FillObjective(flags, spec));
  for (const std::string& text : flags.parameters) {
    HONE_ASSIGN_OR_RETURN(ParameterSpec parameter, ParseParameter(text));
    for (const ParameterSpec& other : spec.parameters) {
      if (other.name == parameter.name) {
        return Invalid("-p " + text + ": there is a parameter " + other.name + " already");
      }
    }
    spec.parameters.push_back(std::move(parameter));
  }
  if (spec.parameters.empty()) {
    return Invalid("nothing to search: add -p NAME=SPEC, for example -p lr=loguniform:1e-4..1e-1");
  }
  HONE_RETURN_IF_ERROR(FillTemplate(flags, command, spec));
  HONE_RETURN_IF_ERROR(FillBudget(flags, spec));
  HONE_RETURN_IF_ERROR(FillAlgorithm(flags, spec));
  HONE_RETURN_IF_ERROR(FillStopping(flags, spec));
  HONE_ASSIGN_OR_RETURN(spec.metrics_collector, CollectorOf(flags));
  // More trials may be added later with `hone resume --trials`.
  spec.resume_policy = ResumePolicy::kLongRunning;
  return experiment;
}

std::string FlagOfField(const Experiment& experiment, const std::string& field) {
  const std::pair<const char*, const char*> flags[] = {
      {"spec.parallelTrialCount", "--parallel"},
      {"spec.maxTrialCount", "--trials"},
      {"spec.maxFailedTrialCount", "--max-failed"},
      {"spec.maxDurationSeconds", "--time"},
      {"spec.algorithm.algorithmName", "--algorithm"},
      {"spec.algorithm.algorithmSettings", "--set"},
      {"spec.earlyStopping.algorithmName", "--early-stopping"},
      {"spec.earlyStopping.algorithmSettings", "--early-stopping-set"},
      {"spec.objective.additionalMetricNames", "--metric"},
      {"spec.objective.goal", "--goal"},
      {"spec.trialTemplate.trialSpec.spec.backoffLimit", "--retries"},
      {"spec.trialTemplate.trialSpec.spec.activeDeadlineSeconds", "--timeout"},
      {"spec.trialTemplate.trialSpec.spec.template.spec.containers[0].resources",
       "--gpus-per-trial"},
      {"spec.metricsCollectorSpec.source.filter", "--filter"},
      {"spec.trialTemplate.trialSpec.spec.template.spec.containers[0].command", "the command"},
      {"metadata.name", "--name"},
  };
  for (const auto& [prefix, flag] : flags) {
    if (field.starts_with(prefix)) {
      return flag;
    }
  }
  for (std::size_t i = 0; i < experiment.spec.parameters.size(); ++i) {
    if (field.starts_with("spec.parameters[" + std::to_string(i) + "]")) {
      return "-p " + experiment.spec.parameters[i].name;
    }
  }
  return field;
}

}  // namespace hone::controller
