#include "controller/local/work_plan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ctime>
#include <deque>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include "controller/local/folders.h"

namespace hone::controller {
namespace {

namespace fs = std::filesystem;
using Kind = WorkPlan::Kind;

/// The most entries of the user's folder itself: each is made and removed once for each trial.
constexpr std::size_t kEntriesMax = 1000;
/// The most entries of a folder in it, and of all such folders together; larger ones become one
/// link.
constexpr std::size_t kFolderEntriesMax = 16;
constexpr std::size_t kNestedEntriesMax = 48;

/// Nanoseconds. Changes of a folder within one tick of the kernel's clock, 1 to 10 ms, leave the
/// same time: a folder that changed just now may change again unnoticed.
constexpr std::int64_t kTickMax = 20'000'000;

/// Programs are linked, not copied: interpreters look for a program's modules beside the link's
/// target.
constexpr std::array<std::string_view, 22> kProgramEndings = {
    ".py", ".pyc", ".pyx", ".ipynb", ".sh", ".bash", ".pl",  ".rb", ".lua", ".js", ".ts",
    ".R",  ".r",   ".jl",  ".m",     ".c",  ".cc",   ".cpp", ".h",  ".rs",  ".go", ".so"};

bool IsProgram(std::string_view name, const struct stat& status) {
  const std::size_t dot = name.rfind('.');
  const std::string_view ending = dot == std::string_view::npos ? "" : name.substr(dot);
  return (status.st_mode & 0111U) != 0 ||
         std::find(kProgramEndings.begin(), kProgramEndings.end(), ending) != kProgramEndings.end();
}

/// Repositories, environments and caches: many files, into which no trial means to write results.
bool IsTooling(std::string_view name) {
  return name.starts_with('.') || name == "__pycache__" || name == "node_modules" || name == "venv";
}

bool IsEnvironment(const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), "pyvenv.cfg") != names.end();
}

/// True for a folder, and for a link to one.
bool IsFolder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

/// Files by device and inode.
using Hidden = std::set<std::pair<dev_t, ino_t>>;

Hidden FindHidden(const std::vector<fs::path>& files) {
  Hidden hidden;
  for (const fs::path& file : files) {
    struct stat status {};
    if (::stat(file.c_str(), &status) == 0) {
      hidden.insert({status.st_dev, status.st_ino});
    }
  }
  return hidden;
}

FolderStamp StampOf(const fs::path& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) {
    return {folder};
  }
  return {folder, status.st_dev, status.st_ino, Nanoseconds(status.st_mtim)};
}

/// Breadth first, so that shallow folders are shown before the limits are used up.
class Planner {
 public:
  Planner(fs::path source, fs::path kept, Hidden hidden)
      : source_(std::move(source)), kept_(std::move(kept)), hidden_(std::move(hidden)) {}

  Result<WorkPlan> Run() {
    HONE_ASSIGN_OR_RETURN(const auto names, LookInto("", kEntriesMax));
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

  [[nodiscard]] std::vector<FolderStamp>& stamps() { return stamps_; }

 private:
  /// The indices of an entry in plan_.folders.
  struct Place {
    std::size_t folder = 0;
    std::size_t entry = 0;
  };

  /// The stamp is taken before the names are read: a change in between will show in the time.
  Result<std::optional<std::vector<std::string>>> LookInto(const std::string& name,
                                                           std::size_t max) {
    const fs::path folder = name.empty() ? source_ : source_ / name;
    stamps_.push_back(StampOf(folder));
    return NamesIn(folder, max);
  }

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
    const bool is_on_the_way = IsOnTheWay(path);
    if (is_on_the_way && path == kept_ && !S_ISDIR(status.st_mode)) {
      return;
    }
    if (S_ISDIR(status.st_mode) || (is_on_the_way && IsFolder(source_ / path))) {
      if (!IsTooling(name) || is_on_the_way) {
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

  /// Shows the folder at `place` as a folder, if it is small enough.
  void Open(const Place& place) {
    WorkPlan::Entry& entry = plan_.folders[place.folder].entries[place.entry];
    const std::string& parent = plan_.folders[place.folder].name;
    const std::string name = parent.empty() ? entry.name : parent + "/" + entry.name;
    const bool must = IsOnTheWay(name);
    if (must) {
      entry.kind = Kind::kFolder;  // an empty folder if its entries cannot be shown
    }
    const std::size_t room = std::min(kFolderEntriesMax, kNestedEntriesMax - nested_);
    if (room == 0 && !must) {
      return;
    }
    const auto names = LookInto(name, must ? kEntriesMax : room);
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
  Hidden hidden_;
  WorkPlan plan_;
  std::vector<FolderStamp> stamps_;
  std::deque<Place> unopened_;
  std::size_t nested_ = 0;
  std::int64_t copied_ = 0;
};

}  // namespace

Result<std::shared_ptr<const WorkPlan>> WorkPlanMemo::Find(const fs::path& source,
                                                           const fs::path& kept) {
  if (plan_ && source == source_ && kept == kept_ && IsOfToday()) {
    return plan_;
  }
  plan_.reset();
  timespec begun{};
  ::clock_gettime(CLOCK_REALTIME, &begun);
  Planner planner(source, kept, FindHidden(hidden_));
  HONE_ASSIGN_OR_RETURN(WorkPlan planned, planner.Run());
  auto plan = std::make_shared<const WorkPlan>(std::move(planned));
  const auto is_settled = [&](const FolderStamp& stamp) {
    return stamp.modified <= Nanoseconds(begun) - kTickMax;
  };
  if (std::all_of(planner.stamps().begin(), planner.stamps().end(), is_settled)) {
    plan_ = plan;
    source_ = source;
    kept_ = kept;
    stamps_ = std::move(planner.stamps());
  }
  return plan;
}

bool WorkPlanMemo::IsOfToday() const {
  return std::all_of(stamps_.begin(), stamps_.end(), [](const FolderStamp& stamp) {
    return StampOf(stamp.path) == stamp;
  });
}

}  // namespace hone::controller
