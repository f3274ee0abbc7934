// The folder of an experiment's trials, <root>/<namespace>/<name>, belongs to one experiment, whose
// uid is stored in it, so a later experiment of the same name finds none of its files. Free
// functions over the file system; any thread, one process at a time for a root.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "proto/core/result.h"
#include "proto/model/experiment_key.h"

namespace hone::controller {

std::filesystem::path FolderOfExperiment(const std::filesystem::path& root,
                                         const ExperimentKey& key);

/// Makes the folder for the experiment with that uid. A folder that an experiment with another uid
/// left there is moved to "<folder>.<its uid>", and that path is returned; otherwise an empty path.
/// A folder without a uid is taken to be the experiment's: older versions wrote no uid.
Result<std::filesystem::path> ClaimExperimentFolder(const std::filesystem::path& folder,
                                                    const std::string& uid);

/// Deleting an experiment removes its rows and its files, and hone may be killed between the two.
/// So the caller first records the deletion, then deletes the rows, then the files; FinishDeletions
/// completes deletions that were interrupted.
[[nodiscard]] Status BeginDeletion(const std::filesystem::path& root,
                                   const ExperimentKey& key,
                                   const std::string& uid);

/// Whether that experiment is still in the store.
using IsThere = std::function<Result<bool>(const ExperimentKey& key, const std::string& uid)>;

/// Deletes the files of every experiment whose deletion is recorded and which is no longer in the
/// store. An error with one experiment does not stop the others; it is retried at the next call.
/// Returns the first error, which names the folder.
[[nodiscard]] Status FinishDeletions(const std::filesystem::path& root, const IsThere& is_there);

}  // namespace hone::controller
