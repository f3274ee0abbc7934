// WorkFolder: where one trial runs: a folder of its own in which the user's folder appears, so that
// `python3 train.py`, `data/x.csv` and `import model` work as they do there, and what the trial
// writes stays with it. Folders become folders, files symbolic links; small files that are no
// programs are copied, since a trial may write over them (results.json of a run by hand). What is
// still as it was made is taken away when the trial ends. See docs/decisions/0035. A plain value
// that moves; one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "proto/model/result.h"

namespace hone::controller {

class WorkFolder {
 public:
  /// What is not shown, by device and inode: the files of hone itself, should they lie in the
  /// user's folder.
  using Hidden = std::set<std::pair<dev_t, ino_t>>;

  /// None: the trial runs in another folder.
  WorkFolder() = default;

  /// Looks at the user's folder `source`; nothing is made yet. `kept` (relative, may be empty) is a
  /// file that the trial will write: the folders on the way to it become folders, however large.
  /// kOutOfRange if `source` has more entries than each trial should pay for; other errors if it
  /// cannot be read.
  static Result<WorkFolder> Plan(std::filesystem::path source,
                                 std::filesystem::path path,
                                 const Hidden& hidden,
                                 const std::filesystem::path& kept);

  [[nodiscard]] bool is_none() const { return path_.empty(); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const std::filesystem::path& source() const { return source_; }

  /// What an earlier attempt of the trial has written there stays.
  [[nodiscard]] Status Create();
  /// Removes what the trial left as it was made, and the folder if nothing else is in it; once.
  /// Returns the files of the user, and folders that are too large to be shown one by one, that
  /// changed meanwhile.
  std::vector<std::filesystem::path> Clear();

 private:
  enum class Kind { kFolder, kLink, kCopy };
  struct Entry {
    /// From both `source` and `path`.
    std::string name;
    Kind kind = Kind::kLink;
    /// Of what the user has: in bytes, and nanoseconds since 1970. Without `is_watched` it may
    /// change without a word.
    std::int64_t size = 0;
    std::int64_t modified = 0;
    bool is_watched = false;
    /// Made by Create; and the inode of a copy.
    bool is_ours = false;
    ino_t inode = 0;
  };
  class Planner;

  /// Returns 0 or the errno.
  int Make(Entry& entry);
  [[nodiscard]] bool IsUntouched(const Entry& entry) const;

  std::filesystem::path source_;
  std::filesystem::path path_;
  /// Folders stand before what is in them.
  std::vector<Entry> entries_;
};

/// Links in `folder` to everything beside `source`, so that `../data` in a folder of `folder` means
/// what it means in `source`. Names that begin with `reserved` are left out. Where there is too
/// much, nothing is made.
void LinkNeighbours(const std::filesystem::path& source,
                    const std::filesystem::path& folder,
                    const std::string& reserved);

}  // namespace hone::controller
