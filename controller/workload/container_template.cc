#include "controller/workload/container_template.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "controller/workload/limits.h"
#include "controller/workload/shell_syntax.h"
#include "controller/workload/tree.h"
#include "controller/workload/trial_values.h"

namespace hone::controller {
namespace {

using proto::Json;

/// Bounds the cost of expanding $(NAME), which searches a list.
constexpr std::size_t kVariablesMax = 4096;

bool IsVariableName(const std::string& name) {
  const auto is_fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), is_fine);
}

/// The opening of the placeholders that the workflow engine of `object` fills in at run time; ""
/// for other kinds.
std::string_view EngineMark(const Json& object) {
  const std::string version = TextAt(object, "apiVersion");
  if (version.starts_with("argoproj.io/")) {
    return "{{";
  }
  return version.starts_with("tekton.dev/") ? "$(" : "";
}

class ContainerReader {
 public:
  ContainerReader(const Json& object, const std::vector<std::string>& names, FieldErrors& errors)
      : object_(object), names_(names), engine_mark_(EngineMark(object)), errors_(errors) {}

  ContainerTemplate Read(const ContainerSite& site) {
    const Json& container = *site.container;
    const std::string path = "spec.trialTemplate.trialSpec" + site.path;
    SetVariable("KATIB_TRIAL_NAME", TextTemplate(kTrialNamePlaceholder, names_));
    ReadEnvironment(container, path);
    ReadCommand(container, path);
    read_.working_directory = ReadText(At(container, "workingDir"), path + ".workingDir");
    ReadEmptyDirs(container, *site.pod, path);
    ReadGpus(container, path);
    return std::move(read_);
  }

 private:
  void Reject(std::string field, const Json& found, std::string message) {
    errors_.push_back({.type = FieldError::Type::kInvalid,
                       .field = std::move(field),
                       .found = found.is_string() ? found.get<std::string>()
                                : found.is_null() ? ""
                                                  : proto::WriteJson(found),
                       .message = std::move(message)});
  }

  /// A string with its placeholders; an absent field is an empty string.
  TextTemplate ReadText(const Json& value, const std::string& field) {
    if (value.is_null()) {
      return {};
    }
    if (!value.is_string()) {
      Reject(field, value, "must be a string");
      return {};
    }
    return {value.get_ref<const std::string&>(), names_};
  }

  /// As ReadText, for a field in which the kubelet expands $(NAME).
  TextTemplate ReadExpanded(const Json& value, const std::string& field) {
    TextTemplate text = ExpandVariables(ReadText(value, field), read_.environment);
    if (text.size() > kWordBytesMax) {
      Reject(field, Json(), "is longer than the 131071 bytes that a process can be given");
    }
    if (!engine_mark_.empty() && text.Contains(engine_mark_)) {
      Reject(field, value, "is filled in by a workflow engine, which does not run here");
    }
    return text;
  }

  void SetVariable(const std::string& name, TextTemplate value) {
    for (auto& [known, old_value] : read_.environment) {
      if (known == name) {
        old_value = std::move(value);
        return;
      }
    }
    read_.environment.emplace_back(name, std::move(value));
  }

  void ReadEnvironment(const Json& container, const std::string& path) {
    if (const Json& sources = At(container, "envFrom"); !sources.empty()) {
      Reject(path + ".envFrom", sources, "cannot be resolved without a cluster; write env");
    }
    const Json& list = At(container, "env");
    if (!list.is_array()) {
      if (!list.is_null()) {
        Reject(path + ".env", list, "must be a list");
      }
      return;
    }
    if (list.size() > kVariablesMax) {
      Reject(path + ".env", Json(), "must have at most 4096 entries");
      return;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      ReadVariable(list[i], path + ".env[" + std::to_string(i) + "]");
    }
  }

  void ReadVariable(const Json& entry, const std::string& field) {
    const Json& name = At(entry, "name");
    if (!name.is_string() || !IsVariableName(name.get<std::string>())) {
      Reject(field + ".name", name, "must consist of letters, digits, '_', '-' and '.'");
      return;
    }
    const Json& source = At(entry, "valueFrom");
    if (source.is_null()) {
      SetVariable(name.get<std::string>(), ReadExpanded(At(entry, "value"), field + ".value"));
      return;
    }
    const Json& field_path = At(At(source, "fieldRef"), "fieldPath");
    if (field_path == "metadata.name") {
      SetVariable(name.get<std::string>(), TextTemplate(kTrialNamePlaceholder, names_));
    } else if (field_path == "metadata.namespace") {
      SetVariable(name.get<std::string>(), TextTemplate(kTrialNamespacePlaceholder, names_));
    } else {
      Reject(field + ".valueFrom", source, "cannot be resolved without a cluster; write value");
    }
  }

  void ReadCommand(const Json& container, const std::string& path) {
    const Json& command = At(container, "command");
    if (command.empty()) {
      Reject(path + ".command",
             Json(),
             "the primary container has no command, and its image's own entry point is unknown "
             "without the image; write command");
      return;
    }
    AppendWords(command, path + ".command");
    AppendWords(At(container, "args"), path + ".args");
    ReadShellSyntax(path + ".command");
  }

  /// The command's words as written in the object, with '_' for blanks in placeholders, so that a
  /// blank in a parameter's name does not look like several words.
  [[nodiscard]] std::vector<std::string> WrittenWords() const {
    std::vector<std::string> placeholders;
    for (const std::string& name : names_) {
      placeholders.push_back("${trialParameters." + name + "}");
      std::replace(placeholders.back().begin(), placeholders.back().end(), ' ', '_');
    }
    std::vector<std::string> words;
    for (const TextTemplate& written : written_command_) {
      words.push_back(written.Fill(placeholders));
    }
    return words;
  }

  /// Katib runs every command through a shell. Here only a command with shell syntax is.
  void ReadShellSyntax(const std::string& field) {
    const std::vector<std::string> words = WrittenWords();
    if (const auto syntax = FindShellSyntax(words)) {
      RunByShell(field, syntax->what);
      return;
    }
    std::set<std::string> variables;
    for (const auto& [name, value] : read_.environment) {
      variables.insert(name);
    }
    const auto variable = engine_mark_.empty() ? FindShellVariable(words, variables) : std::nullopt;
    if (variable && IsPlainForShell(words)) {
      RunByShell(field, *variable + " is filled in by a shell");
    } else if (variable) {
      Reject(field,
             Json(*variable),
             "is filled in by a shell, and none runs this command; write sh -c and the line as "
             "one word, $(NAME) for a variable of env, or $$ for the dollar itself");
    }
  }

  void RunByShell(const std::string& field, const std::string& why) {
    TextTemplate line;
    const char* separator = "";
    for (const TextTemplate& word : read_.command) {
      line.Append(std::exchange(separator, " "));
      line.Append(word);
    }
    if (line.size() > kWordBytesMax) {
      Reject(field, Json(), "is longer than the 131071 bytes that a process can be given");
    }
    read_.command = {TextTemplate("sh", {}), TextTemplate("-c", {}), std::move(line)};
    errors_.push_back({.type = FieldError::Type::kUnknownField,
                       .field = field,
                       .found = "",
                       .message = why + "; sh -c runs the words as one line, as in Katib"});
  }

  void AppendWords(const Json& list, const std::string& field) {
    if (!list.is_array()) {
      if (!list.is_null()) {
        Reject(field, list, "must be a list of strings");
      }
      return;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string item = field + "[" + std::to_string(i) + "]";
      if (list[i].is_null()) {
        Reject(item, list[i], "must be a string");
      }
      read_.command.push_back(ReadExpanded(list[i], item));
      if (list[i].is_string()) {
        written_command_.emplace_back(list[i].get_ref<const std::string&>(), names_);
      }
    }
  }

  /// True if `name` is an emptyDir volume of the pod, or of the whole workflow (Argo).
  [[nodiscard]] bool IsEmptyDir(const Json& pod, const std::string& name) const {
    for (const Json* holder : {&pod, &At(object_, "spec")}) {
      const Json& volumes = At(*holder, "volumes");
      for (std::size_t i = 0; volumes.is_array() && i < volumes.size(); ++i) {
        if (At(volumes[i], "name") == name) {
          return volumes[i].contains("emptyDir");
        }
      }
    }
    return false;
  }

  void ReadEmptyDirs(const Json& container, const Json& pod, const std::string& path) {
    const Json& mounts = At(container, "volumeMounts");
    for (std::size_t i = 0; mounts.is_array() && i < mounts.size(); ++i) {
      const Json& name = At(mounts[i], "name");
      if (!name.is_string() || !IsEmptyDir(pod, name.get<std::string>())) {
        continue;
      }
      const std::string field = path + ".volumeMounts[" + std::to_string(i) + "]";
      TextTemplate volume(name.get_ref<const std::string&>(), names_);
      // The values for the holes are checked when a trial is rendered.
      if (!IsVolumeName(volume.Fill(std::vector<std::string>(names_.size(), "x")))) {
        Reject(field + ".name", name, kVolumeNameRule);
      }
      TextTemplate mount_path = ReadText(At(mounts[i], "mountPath"), field + ".mountPath");
      if (!mount_path.HasHoles() && mount_path.tail().empty()) {
        Reject(field + ".mountPath", mounts[i], "must be the path of a folder");
      }
      read_.empty_dirs.emplace_back(std::move(mount_path), std::move(volume));
    }
  }

  void ReadGpus(const Json& container, const std::string& path) {
    for (const char* resources : {"resources", "resourcesPerNode"}) {
      for (const char* bound : {"limits", "requests"}) {
        const Json& count = At(At(At(container, resources), bound), "nvidia.com/gpu");
        if (count.is_null()) {
          continue;
        }
        read_.gpus = count.is_string() ? TextTemplate(count.get<std::string>(), names_)
                                       : TextTemplate(proto::WriteJson(count), names_);
        if (!read_.gpus.HasHoles() && !ReadCount(read_.gpus.tail())) {
          Reject(path + "." + resources + "." + bound + "[nvidia.com/gpu]", count, kCountRule);
        }
        return;
      }
    }
  }

  const Json& object_;
  const std::vector<std::string>& names_;
  std::string_view engine_mark_;
  FieldErrors& errors_;
  ContainerTemplate read_;
  /// The words of the command before $(NAME) is filled in.
  std::vector<TextTemplate> written_command_;
};

}  // namespace

bool IsVolumeName(const std::string& name) {
  return name.size() <= 63 && IsVariableName(name) && name.find_first_of("._") == std::string::npos;
}

ContainerTemplate ReadContainer(const ContainerSite& site,
                                const Json& object,
                                const std::vector<std::string>& names,
                                FieldErrors& errors) {
  return ContainerReader(object, names, errors).Read(site);
}

}  // namespace hone::controller
