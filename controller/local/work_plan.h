// WorkPlan: the entries of a user's folder that appear in the working folders of trials, each as a
// folder, a link or a copy. Making a plan examines every entry, which costs more than the rest of a
// trial; WorkPlanMemo caches it while no folder in it has changed. See docs/decisions/0035. One
// thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "proto/core/result.h"

namespace hone::controller {

struct WorkPlan {
  enum class Kind { kFolder, kLink, kCopy };
  struct Entry {
    std::string name;
    Kind kind = Kind::kLink;
    /// Trials may write over this entry: the user is warned if its target was changed through a
    /// link.
    bool is_watched = false;
  };
  struct Folder {
    /// Path relative to the user's folder; empty for that folder itself.
    std::string name;
    std::vector<Entry> entries;
  };
  /// A folder stands before the folders in it.
  std::vector<Folder> folders;
};

/// The largest size of one copied file, and of all of them together.
inline constexpr std::int64_t kCopyBytesMax = 64 * 1024;
inline constexpr std::int64_t kCopiedBytesMax = 256 * 1024;

/// A folder of the plan, as it was when it was read. Creating, removing or renaming an entry
/// changes its time.
struct FolderStamp {
  std::filesystem::path path;
  dev_t device = 0;
  ino_t inode = 0;
  /// Nanoseconds since 1970.
  std::int64_t modified = 0;
  bool operator==(const FolderStamp&) const = default;
};

class WorkPlanMemo {
 public:
  /// `hidden`: hone's own files, which are left out if they lie in the user's folder.
  explicit WorkPlanMemo(std::vector<std::filesystem::path> hidden) : hidden_(std::move(hidden)) {}

  /// The plan of the user's folder `source`. `kept` (relative, may be empty) is a file that the
  /// trial will write: the folders on the path to it become folders, however large, and the file
  /// itself is left out. kOutOfRange if `source` has more entries than each trial should pay for;
  /// other errors if it cannot be read.
  Result<std::shared_ptr<const WorkPlan>> Find(const std::filesystem::path& source,
                                               const std::filesystem::path& kept);

 private:
  [[nodiscard]] bool IsOfToday() const;

  std::vector<std::filesystem::path> hidden_;
  /// The latest plan, if it may be cached.
  std::shared_ptr<const WorkPlan> plan_;
  std::filesystem::path source_;
  std::filesystem::path kept_;
  /// The folders that the plan was made from.
  std::vector<FolderStamp> stamps_;
};

}  // namespace hone::controller
