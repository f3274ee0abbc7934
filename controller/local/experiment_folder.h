// The folder of an experiment's trials, <root>/<namespace>/<name>, belongs to one experiment, whose
// uid stands in it: a later experiment of the same name finds none of its files. Free functions
// over the file system; any thread, one process at a time for a root.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "proto/core/result.h"
#include "proto/model/experiment_key.h"

namespace hone::controller {

std::filesystem::path FolderOfExperiment(const std::filesystem::path& root,
                                         const ExperimentKey& key);

/// Makes the folder, for the experiment with that uid. What another one left there is moved to
/// "<folder>.<its uid>", and that path is returned; it is empty otherwise. A folder without a uid
/// is taken to be the experiment's: it was made by a version that wrote none.
Result<std::filesystem::path> ClaimExperimentFolder(const std::filesystem::path& folder,
                                                    const std::string& uid);

/// Deleting an experiment is two things, its rows and its files, and hone may be killed between
/// them. So it is first written down that the files are to go, then the rows are deleted, then the
/// files; FinishDeletions does what is left of it.
[[nodiscard]] Status BeginDeletion(const std::filesystem::path& root,
                                   const ExperimentKey& key,
                                   const std::string& uid);

/// Whether that experiment is still in the store.
using IsThere = std::function<Result<bool>(const ExperimentKey& key, const std::string& uid)>;

/// Deletes the files of every experiment of which that was written down and which is no longer
/// there. What fails for one leaves the others: it is tried again the next time. Returns the first
/// error, which names the folder.
[[nodiscard]] Status FinishDeletions(const std::filesystem::path& root, const IsThere& is_there);

}  // namespace hone::controller
