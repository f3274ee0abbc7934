#include "controller/local/work_plan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include "controller/local/folders.h"

namespace hone::controller {
namespace {

namespace fs = std::filesystem;
using Kind = WorkPlan::Kind;

/// Of the user's folder itself: each is made and removed once a trial.
constexpr std::size_t kEntriesMax = 1000;
/// Of a folder in it, and of all such folders together; what has more is one link.
constexpr std::size_t kFolderEntriesMax = 16;
constexpr std::size_t kNestedEntriesMax = 48;

/// Programs are linked: interpreters look for what belongs to them where the link leads.
constexpr std::array<std::string_view, 22> kProgramEndings = {
    ".py", ".pyc", ".pyx", ".ipynb", ".sh", ".bash", ".pl",  ".rb", ".lua", ".js", ".ts",
    ".R",  ".r",   ".jl",  ".m",     ".c",  ".cc",   ".cpp", ".h",  ".rs",  ".go", ".so"};

bool IsProgram(std::string_view name, const struct stat& status) {
  const std::size_t dot = name.rfind('.');
  const std::string_view ending = dot == std::string_view::npos ? "" : name.substr(dot);
  return (status.st_mode & 0111U) != 0 ||
         std::find(kProgramEndings.begin(), kProgramEndings.end(), ending) != kProgramEndings.end();
}

/// Repositories, environments, caches: many files, which no trial means to write results into.
bool IsTooling(std::string_view name) {
  return name.starts_with('.') || name == "__pycache__" || name == "node_modules" || name == "venv";
}

bool IsEnvironment(const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), "pyvenv.cfg") != names.end();
}

/// Breadth first, so that the shallow folders are shown before what is left is used up.
class Planner {
 public:
  Planner(fs::path source, fs::path kept, const HiddenFiles& hidden)
      : source_(std::move(source)), kept_(std::move(kept)), hidden_(hidden) {}

  Result<WorkPlan> Run() {
    HONE_ASSIGN_OR_RETURN(const auto names, NamesIn(source_, kEntriesMax));
    if (!names) {
      return Fail(Code::kOutOfRange,
                  source_.string() + " has more than " + std::to_string(kEntriesMax) + " entries");
    }
    AddAll("", *names);
    while (!unopened_.empty()) {
      const Place place = unopened_.front();
      unopened_.pop_front();
      Open(place);
    }
    return std::move(plan_);
  }

 private:
  /// Of an entry in plan_.folders.
  struct Place {
    std::size_t folder = 0;
    std::size_t entry = 0;
  };

  void AddAll(const std::string& parent, const std::vector<std::string>& names) {
    plan_.folders.push_back({parent, {}});
    for (const std::string& name : names) {
      const fs::path path = source_ / parent / name;
      struct stat status {};
      if (::lstat(path.c_str(), &status) == 0 &&
          !hidden_.contains({status.st_dev, status.st_ino})) {
        Add(parent.empty() ? name : parent + "/" + name, name, status);
      }
    }
  }

  void Add(const std::string& path, const std::string& name, const struct stat& status) {
    WorkPlan::Folder& folder = plan_.folders.back();
    WorkPlan::Entry entry{.name = name, .is_watched = !IsTooling(name)};
    if (S_ISDIR(status.st_mode)) {
      if (!IsTooling(name) || IsOnTheWay(path)) {
        unopened_.push_back({plan_.folders.size() - 1, folder.entries.size()});
      }
    } else if (!S_ISREG(status.st_mode)) {
      entry.is_watched = false;
    } else if (status.st_size <= kCopyBytesMax && copied_ + status.st_size <= kCopiedBytesMax &&
               !IsProgram(name, status)) {
      copied_ += status.st_size;
      entry.kind = Kind::kCopy;
    }
    folder.entries.push_back(std::move(entry));
  }

  /// The folder there is shown as a folder, if it is small enough.
  void Open(const Place& place) {
    WorkPlan::Entry& entry = plan_.folders[place.folder].entries[place.entry];
    const std::string& parent = plan_.folders[place.folder].name;
    const std::string name = parent.empty() ? entry.name : parent + "/" + entry.name;
    const bool must = IsOnTheWay(name);
    const std::size_t room = std::min(kFolderEntriesMax, kNestedEntriesMax - nested_);
    const auto names = NamesIn(source_ / name, must ? kEntriesMax : room);
    if (!names || !*names || IsEnvironment(**names)) {
      return;
    }
    nested_ = std::min(nested_ + (*names)->size(), kNestedEntriesMax);
    entry.kind = Kind::kFolder;
    AddAll(name, **names);
  }

  [[nodiscard]] bool IsOnTheWay(const fs::path& name) const { return !Below(kept_, name).empty(); }

  fs::path source_;
  fs::path kept_;
  const HiddenFiles& hidden_;
  WorkPlan plan_;
  std::deque<Place> unopened_;
  std::size_t nested_ = 0;
  std::int64_t copied_ = 0;
};

}  // namespace

Result<WorkPlan> PlanWorkFolder(const fs::path& source,
                                const fs::path& kept,
                                const HiddenFiles& hidden) {
  return Planner(source, kept, hidden).Run();
}

}  // namespace hone::controller
