#include "controller/workload/primary_container.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/workload/tree.h"

namespace hone::controller {
namespace {

using proto::Json;
using Labels = std::map<std::string, std::string>;

/// One step from the object's root down to a container. The steps are on the stack of the
/// recursion.
struct Step {
  const Step* parent = nullptr;
  const Json& value;
  /// The field, or "[<index>]".
  std::string key;

  [[nodiscard]] std::string Path() const {
    if (parent == nullptr) {
      return "";
    }
    return parent->Path() + (key.front() == '[' ? "" : ".") + key;
  }
};

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [lower](char x, char y) {
    return lower(x) == lower(y);
  });
}

/// True if a field or a `name` on the way to `step` is `word`.
bool LeadsThrough(const Step& step, std::string_view word) {
  for (const Step* at = &step; at->parent != nullptr; at = at->parent) {
    if (EqualsIgnoringCase(at->key, word) || EqualsIgnoringCase(TextAt(at->value, "name"), word)) {
      return true;
    }
  }
  return false;
}

/// True if the pods of the container at `step` have the label. The labels of the root are the
/// object's own, not its pods'.
bool HasLabel(const Step& step, const std::string& key, const std::string& value) {
  for (const Step* at = &step; at->parent != nullptr; at = at->parent) {
    const Json& label = At(At(At(at->value, "metadata"), "labels"), key);
    if (!label.is_null()) {
      return label == value;
    }
  }
  return LeadsThrough(step, value) ||
         (EqualsIgnoringCase(value, "master") &&
          (LeadsThrough(step, "chief") || LeadsThrough(step, "launcher")));
}

class ContainerWalk {
 public:
  ContainerWalk(const Json& object, const std::string& name, const Labels& labels)
      : is_train_job_(TextAt(object, "kind") == "TrainJob"), name_(name), labels_(labels) {}

  /// Recursion is bounded by the depth limit of the JSON reader.
  void Visit(const Step& step) {
    if (step.value.is_object()) {
      for (const auto& [key, child] : step.value.items()) {
        const Step inner{&step, child, key.empty() ? "\"\"" : key};
        TakeContainers(inner);
        Visit(inner);
      }
    } else if (step.value.is_array()) {
      for (std::size_t i = 0; i < step.value.size(); ++i) {
        Visit({&step, step.value[i], "[" + std::to_string(i) + "]"});
      }
    }
  }

  ContainerSearch TakeFound() { return std::move(found_); }

 private:
  /// Considers the containers in the field that `step` leads to, if the field contains containers.
  void TakeContainers(const Step& step) {
    if (step.key == "containers") {
      TakeList(step, "");
    } else if (step.key == "steps") {
      // Steps of a Tekton task. An Argo workflow's steps are lists of lists.
      TakeList(step, "step-");
    } else if (step.key == "container" && step.value.is_object()) {
      // A template of an Argo Workflow; its pod calls the container "main" whatever its name is.
      Take(step, step, {"main", TextAt(step.value, "name")});
    } else if (step.key == "trainer" && step.value.is_object() && is_train_job_) {
      Take(step, step, {"node"});
    }
  }

  void TakeList(const Step& list, const std::string& prefix) {
    for (std::size_t i = 0; list.value.is_array() && i < list.value.size(); ++i) {
      const std::string name = TextAt(list.value[i], "name");
      if (!name.empty()) {
        Take(list, {&list, list.value[i], "[" + std::to_string(i) + "]"}, {prefix + name});
      }
    }
  }

  /// Keeps the container at `step`, found in the pod's field `field`, if it matches better than the
  /// one found so far.
  void Take(const Step& field, const Step& step, const std::vector<std::string>& names) {
    found_.names.insert(names.begin(), names.end());
    if (std::find(names.begin(), names.end(), name_) == names.end()) {
      return;
    }
    const auto matching = std::count_if(labels_.begin(), labels_.end(), [&step](const auto& label) {
      return HasLabel(step, label.first, label.second);
    });
    if (matching > most_labels_) {
      most_labels_ = matching;
      found_.primary = ContainerSite{.container = &step.value,
                                     .pod = &field.parent->value,
                                     .path = step.Path(),
                                     .pod_path = field.parent->Path()};
    }
  }

  bool is_train_job_;
  const std::string& name_;
  const Labels& labels_;
  std::ptrdiff_t most_labels_ = -1;
  ContainerSearch found_;
};

}  // namespace

ContainerSearch FindPrimary(const Json& object, const std::string& name, const Labels& labels) {
  ContainerWalk walk(object, name, labels);
  walk.Visit({nullptr, object, ""});
  ContainerSearch found = walk.TakeFound();
  found.names.erase("");
  return found;
}

}  // namespace hone::controller
