// WorkPlan: what of a user's folder appears in the working folders of trials, and as what. It is
// made by looking at every entry, which costs more than the rest of a trial; WorkPlanMemo keeps it
// while no folder that was looked into has changed. See docs/decisions/0035. One thread.
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
    /// Trials may want to write over it: it is said if a link to it was written through.
    bool is_watched = false;
  };
  struct Folder {
    /// From the user's folder; empty for that itself.
    std::string name;
    std::vector<Entry> entries;
  };
  /// A folder stands before those that are in it.
  std::vector<Folder> folders;
};

/// Of a file that is copied, and of all of them together.
inline constexpr std::int64_t kCopyBytesMax = 64 * 1024;
inline constexpr std::int64_t kCopiedBytesMax = 256 * 1024;

/// A folder that was looked into, as it was then. Whatever becomes, goes or is renamed in it
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
  /// `hidden`: the files of hone itself, which are not shown should they lie in the user's folder.
  explicit WorkPlanMemo(std::vector<std::filesystem::path> hidden) : hidden_(std::move(hidden)) {}

  /// The plan of the user's folder `source`. `kept` (relative, may be empty) is a file that the
  /// trial will write: the folders on the way to it become folders, however large, and it is not
  /// shown. kOutOfRange if `source` has more entries than each trial should pay for; other errors
  /// if it cannot be read.
  Result<std::shared_ptr<const WorkPlan>> Find(const std::filesystem::path& source,
                                               const std::filesystem::path& kept);

 private:
  [[nodiscard]] bool IsOfToday() const;

  std::vector<std::filesystem::path> hidden_;
  /// The last one, if it can be kept.
  std::shared_ptr<const WorkPlan> plan_;
  std::filesystem::path source_;
  std::filesystem::path kept_;
  /// What the plan was made of.
  std::vector<FolderStamp> stamps_;
};

}  // namespace hone::controller
