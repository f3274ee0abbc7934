// WorkFolder: where one trial runs: a folder of its own in which the user's folder appears, so that
// `python3 train.py`, `data/x.csv` and `import model` work as they do there, and what the trial
// writes stays with it. Folders become folders, files symbolic links; small files that are no
// programs are copied, since a trial may write over them (results.json of a run by hand). What is
// still as it was made is taken away when the trial ends. Nothing outside of the trial's folder is
// ever changed, whatever stands in it by then. See docs/decisions/0035. A plain value that moves;
// one thread.
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
  /// None: the trial runs in another folder.
  WorkFolder() = default;
  /// `plan` is of `source` and `kept`, see WorkPlanMemo; nothing is made yet.
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

  /// True if a file that the trial will write, its metric file, lies in this folder.
  [[nodiscard]] bool has_kept() const { return !kept_.empty(); }

  /// What an earlier attempt of the trial has written there stays, but for the file that is kept.
  [[nodiscard]] Status Create();
  /// Removes what the trial left as it was made, and the folder if nothing else is in it; once.
  /// Returns the files of the user, and folders that are too large to be shown one by one, that
  /// changed meanwhile.
  std::vector<std::filesystem::path> Clear();

 private:
  /// An entry of the plan as Create has made it.
  struct Made {
    WorkPlan::Kind kind = WorkPlan::Kind::kFolder;
    /// Not if something else stood there, an earlier attempt's.
    bool is_ours = false;
    /// Of the copy, or of what a link leads to: in bytes, and nanoseconds since 1970.
    std::int64_t size = 0;
    std::int64_t modified = 0;
    /// Of the copy.
    ino_t inode = 0;
  };

  /// The path of the entries of `folder` in `source_`, up to their names.
  [[nodiscard]] std::string SourceOf(const WorkPlan::Folder& folder) const;
  void MakeWay(int root) const;
  [[nodiscard]] Status Fill(int root, const WorkPlan::Folder& folder, std::vector<Made>& made);
  /// These make `entry` of what the user has, `from`, in an open folder. They return 0 or an errno.
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
  /// As plan_->folders and their entries. Empty for a folder whose place was taken.
  std::vector<std::vector<Made>> made_;
  /// Bytes.
  std::int64_t copied_ = 0;
};

/// Links in `folder` to everything beside `source`, so that `../data` in a folder of `folder` means
/// what it means in `source`. Names that begin with `reserved` are left out. Where there is too
/// much, nothing is made.
void LinkNeighbours(const std::filesystem::path& source,
                    const std::filesystem::path& folder,
                    const std::string& reserved);

}  // namespace hone::controller
