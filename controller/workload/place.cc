#include "controller/workload/place.h"

#include <utility>

#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

std::string AnnotationOf(const Experiment& experiment, const char* name) {
  const auto found = experiment.annotations.find(name);
  return found == experiment.annotations.end() ? "" : found->second;
}

}  // namespace

TrialPlace PlaceOf(const Experiment& experiment) {
  return {.working_directory = AnnotationOf(experiment, kWorkingDirectoryAnnotation),
          .is_folder_shared = AnnotationOf(experiment, kSharedFolderAnnotation) == "true",
          .gpus = SplitGpus(AnnotationOf(experiment, kGpusAnnotation))};
}

std::vector<std::string> SplitGpus(const std::string& text) {
  std::vector<std::string> gpus;
  std::string id;
  for (const char c : text + ",") {
    if (c == ',' && !id.empty()) {
      gpus.push_back(std::move(id));
      id.clear();
    } else if (c != ',' && c != ' ' && c != '\t') {
      id += c;
    }
  }
  return gpus;
}

}  // namespace hone::controller
