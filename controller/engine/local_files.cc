#include "controller/engine/local_files.h"

#include <string>

#include "controller/local/experiment_folder.h"
#include "proto/model/experiment.h"

namespace hone::controller {

Status FinishDeletionsOf(db::Store& store, const std::filesystem::path& trials) {
  return FinishDeletions(trials,
                         [&](const ExperimentKey& key, const std::string& uid) -> Result<bool> {
                           const Result<Experiment> found = store.GetExperiment(key);
                           if (!found && found.error().code != Code::kNotFound) {
                             return tl::unexpected<Error>(found.error());
                           }
                           return found && found->uid == uid;
                         });
}

}  // namespace hone::controller
