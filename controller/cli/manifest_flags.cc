#include "controller/cli/manifest_flags.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>

#include "controller/admission/admission.h"
#include "controller/cli/text.h"
#include "controller/workload/primary_container.h"
#include "controller/workload/tree.h"
#include "proto/convert/manifest.h"
#include "proto/model/field_error.h"

namespace hone::controller {
namespace {

using proto::Json;

constexpr const char* kTrialSpec = "spec.trialTemplate.trialSpec";

/// The part of `tree` that `wanted` points to. Recursion is bounded by the depth limit of the
/// reader.
Json* FindPart(Json& tree, const Json* wanted) {
  if (&tree == wanted) {
    return &tree;
  }
  if (tree.is_structured()) {
    for (Json& child : tree) {
      if (Json* const found = FindPart(child, wanted)) {
        return found;
      }
    }
  }
  return nullptr;
}

class Changer {
 public:
  Changer(const InlineFlags& flags, Json& tree, FlagChanges& changes)
      : flags_(flags), tree_(tree), changes_(changes) {}

  void Run() {
    if (flags_.name) {
      Set("metadata.name", *flags_.name, "--name");
    }
    ChangeBudget();
    ChangeObjective();
    ChangeAlgorithm("spec.algorithm", "--algorithm", flags_.algorithm, "--set", flags_.settings);
    if (flags_.seed) {
      Put("spec.algorithm.algorithmSettings", "random_state", Json(*flags_.seed).dump(), "--seed");
    }
    ChangeAlgorithm("spec.earlyStopping",
                    "--early-stopping",
                    flags_.early_stopping,
                    "--early-stopping-set",
                    flags_.early_stopping_settings);
    for (const std::string& text : flags_.parameters) {
      ChangeParameter(text);
    }
    ChangeCollector();
    ChangeLimits();
    ChangeContainer();
  }

 private:
  void Complain(const std::string& fault) { changes_.faults.push_back(fault); }

  /// The field at a path of plain keys; missing objects on the path are made. Null, with a fault,
  /// if something on the path is not an object.
  Json* Open(const std::string& path, const std::string& flag) {
    Json* at = &tree_;
    for (std::size_t begin = 0; begin <= path.size();) {
      const std::size_t end = std::min(path.find('.', begin), path.size());
      if (!at->is_null() && !at->is_object()) {
        Complain(flag + ": it sets " + path + ", but " + path.substr(0, begin - 1) +
                 " is no object in the manifest");
        return nullptr;
      }
      at = &(*at)[path.substr(begin, end - begin)];
      begin = end + 1;
    }
    return at;
  }

  /// The list at `path`. Null, with a fault, if the field is not a list.
  Json* OpenList(const std::string& path, const std::string& flag) {
    Json* const list = Open(path, flag);
    if (list == nullptr || list->is_null() || list->is_array()) {
      return list;
    }
    Complain(flag + ": " + path + " is no list in the manifest");
    return nullptr;
  }

  void Set(const std::string& path, Json value, const char* flag) {
    if (Json* const field = Open(path, flag)) {
      *field = std::move(value);
      changes_.flags[path] = flag;
    }
  }

  void SetDuration(const std::string& path, const std::string& text, const char* flag) {
    if (const Result<std::int64_t> seconds = ReadDuration(flag, text)) {
      Set(path, *seconds, flag);
    } else {
      Complain(seconds.error().message);
    }
  }

  /// Lowers a count of the manifest that is higher than `trials`, the value of --trials, which
  /// would otherwise be a fault. `absent` is the count's value if the manifest leaves it out.
  void LowerTo(std::int64_t trials,
               const char* name,
               const std::optional<std::int64_t>& flag,
               std::int64_t absent) {
    const Json& count = At(At(tree_, "spec"), name);
    const bool is_above = count.is_number_integer() ? count.get<std::int64_t>() > trials
                                                    : count.is_null() && absent > trials;
    if (!flag && is_above) {
      Set(std::string("spec.") + name, trials, "--trials");
    }
  }

  void ChangeBudget() {
    const std::pair<const std::optional<std::int64_t>&, std::pair<const char*, const char*>>
        counts[] = {{flags_.trials, {"spec.maxTrialCount", "--trials"}},
                    {flags_.parallel, {"spec.parallelTrialCount", "--parallel"}},
                    {flags_.max_failed, {"spec.maxFailedTrialCount", "--max-failed"}}};
    for (const auto& [count, names] : counts) {
      if (count) {
        Set(names.first, *count, names.second);
      }
    }
    if (flags_.trials && *flags_.trials > 0) {
      LowerTo(*flags_.trials, "parallelTrialCount", flags_.parallel, kParallelTrialCount);
      LowerTo(*flags_.trials, "maxFailedTrialCount", flags_.max_failed, 0);
    }
    if (flags_.time) {
      SetDuration("spec.maxDurationSeconds", *flags_.time, "--time");
    }
    if (flags_.goal) {
      Set("spec.objective.goal", *flags_.goal, "--goal");
    }
  }

  void ChangeObjective() {
    if (flags_.maximize && flags_.minimize) {
      Complain("--maximize and --minimize: only one objective is possible");
    } else if (flags_.maximize || flags_.minimize) {
      const char* const flag = flags_.maximize ? "--maximize" : "--minimize";
      Set("spec.objective.type", flags_.maximize ? "maximize" : "minimize", flag);
      Set("spec.objective.objectiveMetricName",
          *(flags_.maximize ? flags_.maximize : flags_.minimize),
          flag);
    }
    for (const std::string& metric : flags_.metrics) {
      if (Json* const names = OpenList("spec.objective.additionalMetricNames", "--metric")) {
        changes_
            .flags["spec.objective.additionalMetricNames[" + std::to_string(names->size()) + "]"] =
            "--metric";
        names->push_back(metric);
      }
    }
  }

  /// Removes the settings of the old algorithm, which do not apply to the new one.
  void ChangeAlgorithm(const std::string& field,
                       const char* flag,
                       const std::optional<std::string>& name,
                       const char* setting_flag,
                       const std::vector<std::string>& settings) {
    if (name) {
      Json* const algorithm = Open(field, flag);
      if (algorithm != nullptr && TextAt(*algorithm, "algorithmName") != *name) {
        *algorithm = Json::object();
      }
      Set(field + ".algorithmName", *name, flag);
    }
    const Result<std::vector<Setting>> parsed = ParseSettings(setting_flag, settings);
    if (!parsed) {
      Complain(parsed.error().message);
      return;
    }
    for (const Setting& setting : *parsed) {
      Put(field + ".algorithmSettings", setting.name, setting.value, setting_flag);
    }
  }

  /// Sets the value of `name` in a list of names and values.
  void Put(const std::string& list, const std::string& name, std::string value, const char* flag) {
    Json* const settings = OpenList(list, flag);
    if (settings == nullptr) {
      return;
    }
    std::size_t index = 0;
    while (index < settings->size() && TextAt((*settings)[index], "name") != name) {
      ++index;
    }
    Json setting = {{"name", name}, {"value", std::move(value)}};
    if (index < settings->size()) {
      (*settings)[index] = std::move(setting);
    } else {
      settings->push_back(std::move(setting));
    }
    changes_.flags[list + "[" + std::to_string(index) + "]"] = flag;
  }

  /// Replaces the values of a parameter that the manifest has: its template has no placeholder for
  /// a new one.
  void ChangeParameter(const std::string& text) {
    ExperimentSpec spec;
    Result<ParameterSpec> parsed = ParseParameter(text);
    if (!parsed) {
      Complain(parsed.error().message);
      return;
    }
    const std::string name = parsed->name;
    spec.parameters.push_back(*std::move(parsed));
    Json parameter = proto::WriteSpec(spec)["parameters"][0];
    Json* const list = OpenList("spec.parameters", "-p " + name);
    if (list == nullptr) {
      return;
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < list->size(); ++i) {
      Json& known = (*list)[i];
      names.push_back(TextAt(known, "name"));
      if (names.back() == name) {
        if (!parameter.contains("activeWhen") && known.contains("activeWhen")) {
          parameter["activeWhen"] = known["activeWhen"];
        }
        known = std::move(parameter);
        changes_.flags["spec.parameters[" + std::to_string(i) + "]"] = "-p " + name;
        return;
      }
    }
    Complain("-p " + name +
             ": the manifest has no parameter of this name, and its template no place for one" +
             SpellingHint(name, names, "; add it there"));
  }

  void ChangeCollector() {
    if (!flags_.file_metrics && !flags_.has_json_metrics && !flags_.format &&
        flags_.filters.empty()) {
      return;
    }
    ExperimentSpec spec;
    Result<MetricsCollectorSpec> collector = CollectorOf(flags_);
    if (!collector) {
      Complain(collector.error().message);
      return;
    }
    spec.metrics_collector = *std::move(collector);
    Set("spec.metricsCollectorSpec",
        proto::WriteSpec(spec)["metricsCollectorSpec"],
        flags_.file_metrics       ? "--file-metrics"
        : flags_.format           ? "--format"
        : flags_.has_json_metrics ? "--json"
                                  : "--filter");
  }

  /// Changes the limits where Jobs and the training kinds keep them.
  void ChangeLimits() {
    const Json& spec = At(At(At(At(tree_, "spec"), "trialTemplate"), "trialSpec"), "spec");
    const std::string place =
        std::string(kTrialSpec) + (At(spec, "runPolicy").is_null() ? ".spec" : ".spec.runPolicy");
    if (flags_.retries) {
      Set(place + ".backoffLimit", *flags_.retries, "--retries");
    }
    if (flags_.timeout) {
      SetDuration(place + ".activeDeadlineSeconds", *flags_.timeout, "--timeout");
    }
  }

  void ChangeContainer() {
    if (!flags_.working_directory && !flags_.gpus_per_trial) {
      return;
    }
    const Json& source = At(At(tree_, "spec"), "trialTemplate");
    std::map<std::string, std::string> labels;
    for (const auto& [key, label] : At(source, "primaryPodLabels").items()) {
      labels[key] = label.is_string() ? label.get<std::string>() : "";
    }
    const ContainerSearch found =
        FindPrimary(At(source, "trialSpec"), TextAt(source, "primaryContainerName"), labels);
    Json* const container = found.primary ? FindPart(tree_, found.primary->container) : nullptr;
    if (container == nullptr || !container->is_object()) {
      Complain(std::string(flags_.working_directory ? "--working-directory" : "--gpus-per-trial") +
               ": there is no primary container to which it could apply");
      return;
    }
    const std::string place = kTrialSpec + found.primary->path;
    if (flags_.working_directory) {
      (*container)["workingDir"] = *flags_.working_directory;
      changes_.flags[place + ".workingDir"] = "--working-directory";
    }
    if (flags_.gpus_per_trial) {
      SetGpus(*container, place);
    }
  }

  void SetGpus(Json& container, std::string place) {
    Json* at = &container;
    for (const char* const key : {"resources", "limits"}) {
      at = &(*at)[key];
      place += std::string(".") + key;
      if (!at->is_null() && !at->is_object()) {
        Complain("--gpus-per-trial: " + place + " is no object in the manifest");
        return;
      }
    }
    (*at)["nvidia.com/gpu"] = *flags_.gpus_per_trial;
    changes_.flags[place + "[nvidia.com/gpu]"] = "--gpus-per-trial";
  }

  const InlineFlags& flags_;
  Json& tree_;
  FlagChanges& changes_;
};

}  // namespace

std::string FlagChanges::FlagOf(const std::string& field) const {
  for (const auto& [changed, flag] : flags) {
    if (field.starts_with(changed) &&
        (field.size() == changed.size() || field[changed.size()] == '.' ||
         field[changed.size()] == '[')) {
      return flag;
    }
  }
  return "";
}

FlagChanges ApplyFlags(const InlineFlags& flags, Json& tree) {
  FlagChanges changes;
  if (flags != InlineFlags{} && tree.is_object()) {
    Changer(flags, tree, changes).Run();
  }
  return changes;
}

}  // namespace hone::controller
