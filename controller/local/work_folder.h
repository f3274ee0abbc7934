// WorkFolder: where one trial runs: a folder of its own in which the entries of the user's folder
// appear, so that `python3 train.py`, `data/x.csv` and `import model` work as they do there, while
// the files that the trial writes stay in its own folder. Folders become folders, and files
// symbolic links; small files other than programs are copied, since a trial may write over them
// (results.json of a run by hand). Entries that the trial left unchanged are removed when it ends.
// Nothing outside of the trial's folder is ever changed, even if the trial has put links into it.
// See docs/decisions/0035. A plain value that moves; one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "controller/local/work_plan.h"
#include "proto/core/result.h"

namespace hone::controller {

class WorkFolder {
 public:
  /// No working folder: the trial runs in another folder.
  WorkFolder() = default;
  /// `plan` was made for `source` and `kept`, see WorkPlanMemo; nothing is made on disk yet.
  WorkFolder(std::shared_ptr<const WorkPlan> plan,
             std::filesystem::path source,
             std::filesystem::path path,
             std::filesystem::path kept)
      : plan_(std::move(plan)),
        source_(std::move(source)),
        path_(std::move(path)),
        kept_(std::move(kept)) {}

  [[nodiscard]] bool is_none() const { return plan_ == nullptr; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const std::filesystem::path& source() const { return source_; }

  /// True if the trial's metric file lies in this folder.
  [[nodiscard]] bool has_kept() const { return !kept_.empty(); }

  /// Files that an earlier attempt of the trial has written stay, except for the metric file.
  [[nodiscard]] Status Create();
  /// Removes the entries that the trial left unchanged, and the folder if it is then empty; once.
  /// Returns the user's files, and folders too large to be shown entry by entry, that changed
  /// meanwhile.
  std::vector<std::filesystem::path> Clear();

 private:
  /// An entry of the plan as Create has made it.
  struct Made {
    WorkPlan::Kind kind = WorkPlan::Kind::kFolder;
    /// False if an earlier attempt had put something else in its place.
    bool is_ours = false;
    /// Size in bytes, and time in nanoseconds since 1970, of the copy or of the link's target.
    std::int64_t size = 0;
    std::int64_t modified = 0;
    /// The inode of the copy.
    ino_t inode = 0;
  };

  /// The path of `folder` in `source_`, with a slash at its end.
  [[nodiscard]] std::string SourceOf(const WorkPlan::Folder& folder) const;
  void MakeWay(int root) const;
  [[nodiscard]] Status Fill(int root, const WorkPlan::Folder& folder, std::vector<Made>& made);
  /// These make `entry` from the user's file `from`, in an open folder. They return 0 or an errno.
  int Make(int folder, const std::string& from, const WorkPlan::Entry& entry, Made& made);
  int MakeCopy(int folder, const std::string& from, const WorkPlan::Entry& entry, Made& made);
  static int MakeLink(int folder,
                      const std::string& from,
                      const WorkPlan::Entry& entry,
                      Made& made);
  static bool IsUntouched(int folder,
                          const std::string& from,
                          const std::string& name,
                          const Made& made);
  void ClearFolder(int root,
                   const WorkPlan::Folder& folder,
                   const std::vector<Made>& made,
                   std::vector<std::filesystem::path>& changed) const;

  std::shared_ptr<const WorkPlan> plan_;
  std::filesystem::path source_;
  std::filesystem::path path_;
  std::filesystem::path kept_;
  /// Parallel to plan_->folders and their entries. Empty for a folder that could not be made
  /// because something else had its name.
  std::vector<std::vector<Made>> made_;
  /// Bytes.
  std::int64_t copied_ = 0;
};

/// Makes links in `folder` to everything beside `source`, so that `../data` in a folder of `folder`
/// means the same as in `source`. Names that begin with `reserved` are left out. If there are too
/// many entries, no link is made.
void LinkNeighbours(const std::filesystem::path& source,
                    const std::filesystem::path& folder,
                    const std::string& reserved);

}  // namespace hone::controller
