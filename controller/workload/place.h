// TrialPlace: where the trials of one experiment run on the machine of its runner. It is kept in
// annotations of the experiment, so that resuming it from another folder changes nothing. Plain
// values and pure functions: any thread.
#pragma once

#include <string>
#include <vector>

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// The folder in which trials run unless their template says otherwise.
inline constexpr const char* kWorkingDirectoryAnnotation = "hone.dev/working-directory";
/// "true": trials run in that folder itself.
inline constexpr const char* kSharedFolderAnnotation = "hone.dev/shared-folder";
/// The GPUs that trials share: "0,1".
inline constexpr const char* kGpusAnnotation = "hone.dev/gpus";

struct TrialPlace {
  /// The user's folder, which appears in the working folder of each trial. Empty: the folder in
  /// which the runner's program was started.
  std::string working_directory;
  /// Trials run in it, instead of in folders of their own in which it appears.
  bool is_folder_shared = false;
  /// The ids that may be handed out; empty: GPUs are not managed.
  std::vector<std::string> gpus;

  bool operator==(const TrialPlace&) const = default;
};

[[nodiscard]] TrialPlace PlaceOf(const Experiment& experiment);

/// "0, 1" as the ids 0 and 1.
[[nodiscard]] std::vector<std::string> SplitGpus(const std::string& text);

}  // namespace hone::controller
