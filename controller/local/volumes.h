// Volumes: the emptyDir mounts of a trial, without mount namespaces. Each volume is a folder below
// the trial's own, and every mention of its mount path in the command, its environment and its
// paths is replaced by that folder. Pure but for Create and Remove; one thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/workload/runner.h"
#include "proto/core/result.h"

namespace hone::controller {

class Volumes {
 public:
  Volumes() = default;
  /// The mounts of `workload`, and Katib's folder for metrics if the workload mentions it: a
  /// manifest may write to that folder that training is done, even if its metrics are read from
  /// elsewhere.
  Volumes(const Workload& workload, std::filesystem::path root);

  /// Gives the trial a metric file of its own for the absolute `path`, unless a mount contains it,
  /// and returns its location. The folder of `path` is replaced too, unless this machine has a
  /// folder of that name: then other files in it, such as a script, keep their meaning.
  std::filesystem::path AddMetricFile(const std::string& path);

  /// Replaces one more path, by a folder that is not a volume. An empty path and "/" are ignored.
  void Redirect(std::string path, const std::string& folder);

  /// `text` with every mount path in it replaced, where it stands as a path or the beginning of
  /// one: "/data" in "--out=/data/x" but not in "/database". The longest mount path wins.
  [[nodiscard]] std::string Localize(std::string_view text) const;

  /// HONE_VOLUME_<NAME> and the folder of each volume.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> Variables() const;

  /// True if `path` lies in one of the folders.
  [[nodiscard]] bool Contains(const std::filesystem::path& path) const;

  [[nodiscard]] Status Create() const;
  /// Deletes the folders and their contents.
  void Remove() const;

 private:
  void Mount(const std::string& path, const std::string& volume);
  /// `name`, or a longer name if a volume has that one already.
  [[nodiscard]] std::string FreeName(std::string name) const;

  std::filesystem::path root_;
  /// Mount path -> folder; and volume name -> folder.
  std::map<std::string, std::string> mounts_;
  std::map<std::string, std::string> folders_;
};

}  // namespace hone::controller
