#include "controller/local/work_folder.h"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "controller/local/file_descriptor.h"
#include "controller/local/system_failure.h"

namespace hone::controller {
namespace {

namespace fs = std::filesystem;

/// Of the user's folder itself: some 50 us each, made and removed once a trial.
constexpr std::size_t kEntriesMax = 1000;
/// Of a folder in it, and of all such folders together; what has more is one link.
constexpr std::size_t kFolderEntriesMax = 16;
constexpr std::size_t kNestedEntriesMax = 48;
/// Of a file that is copied, and of all of them together.
constexpr std::int64_t kCopyBytesMax = 64 * 1024;
constexpr std::int64_t kCopiedBytesMax = 256 * 1024;

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

std::int64_t Nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// The names in `folder`, sorted; nothing if there are more than `max`.
Result<std::optional<std::vector<std::string>>> NamesIn(const fs::path& folder, std::size_t max) {
  DIR* const stream = ::opendir(folder.c_str());
  if (stream == nullptr) {
    return SystemFailure("reading folder " + folder.string(), errno);
  }
  std::vector<std::string> names;
  while (names.size() <= max) {
    const dirent* const entry = ::readdir(stream);  // NOLINT(concurrency-mt-unsafe): our stream
    if (entry == nullptr) {
      break;
    }
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") {
      names.emplace_back(name);
    }
  }
  ::closedir(stream);
  if (names.size() > max) {
    return std::optional<std::vector<std::string>>();
  }
  std::sort(names.begin(), names.end());
  return std::optional(std::move(names));
}

/// 0 or an errno. The copy has the time of the original: any write shows, however soon it comes.
int Copy(const fs::path& from, const fs::path& to, ino_t& inode) {
  const FileDescriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!source.is_open() || ::fstat(source.get(), &status) != 0) {
    return errno;
  }
  const FileDescriptor copy(
      ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, status.st_mode & 0777U));
  if (!copy.is_open()) {
    return errno;
  }
  for (std::int64_t left = kCopyBytesMax; left > 0;) {
    const ssize_t count =
        ::sendfile(copy.get(), source.get(), nullptr, static_cast<std::size_t>(left));
    if (count <= 0) {
      if (count < 0) {
        return errno;
      }
      break;
    }
    left -= count;
  }
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  if (::futimens(copy.get(), times.data()) != 0 || ::fstat(copy.get(), &status) != 0) {
    return errno;
  }
  inode = status.st_ino;
  return 0;
}

bool IsLinkTo(const fs::path& link, const fs::path& target) {
  std::error_code error;
  return fs::read_symlink(link, error) == target && !error;
}

/// What Python has compiled does not count: it is compiled again by whoever needs it.
void RemoveIfEmpty(const fs::path& folder) {
  if (::rmdir(folder.c_str()) != 0 && errno == ENOTEMPTY) {
    std::error_code ignored;
    fs::remove_all(folder / "__pycache__", ignored);
    ::rmdir(folder.c_str());
  }
}

/// True if `path` is `folder` or lies below it; both are absolute and normal.
bool IsWithin(const fs::path& path, const fs::path& folder) {
  const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

}  // namespace

/// Breadth first, so that the shallow folders are shown before what is left is used up.
class WorkFolder::Planner {
 public:
  Planner(WorkFolder& folder, const Hidden& hidden, fs::path kept)
      : folder_(folder), hidden_(hidden), kept_(std::move(kept)) {}

  [[nodiscard]] Status Run() {
    HONE_ASSIGN_OR_RETURN(const auto names, NamesIn(folder_.source_, kEntriesMax));
    if (!names) {
      return Fail(
          Code::kOutOfRange,
          folder_.source_.string() + " has more than " + std::to_string(kEntriesMax) + " entries");
    }
    AddAll("", *names);
    while (!folders_.empty()) {
      const std::string name = std::move(folders_.front());
      folders_.pop_front();
      Open(name);
    }
    return {};
  }

 private:
  void AddAll(const std::string& parent, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const fs::path path = folder_.source_ / parent / name;
      struct stat status {};
      if (::lstat(path.c_str(), &status) == 0 &&
          !hidden_.contains({status.st_dev, status.st_ino})) {
        Add(parent.empty() ? name : parent + "/" + name, name, status);
      }
    }
  }

  void Add(std::string path, const std::string& name, const struct stat& status) {
    Entry entry{.name = std::move(path),
                .size = status.st_size,
                .modified = Nanoseconds(status.st_mtim),
                .is_watched = !IsTooling(name)};
    if (S_ISDIR(status.st_mode)) {
      if (!IsTooling(name) || IsOnTheWay(entry.name)) {
        folders_.push_back(entry.name);
      }
    } else if (!S_ISREG(status.st_mode)) {
      entry.is_watched = false;
    } else if (status.st_size <= kCopyBytesMax && copied_ + status.st_size <= kCopiedBytesMax &&
               !IsProgram(name, status)) {
      copied_ += status.st_size;
      entry.kind = Kind::kCopy;
    }
    folder_.entries_.push_back(std::move(entry));
  }

  /// The folder of that name is shown as a folder, if it is small enough.
  void Open(const std::string& name) {
    const bool must = IsOnTheWay(name);
    const std::size_t room = std::min(kFolderEntriesMax, kNestedEntriesMax - nested_);
    const auto names = NamesIn(folder_.source_ / name, must ? kEntriesMax : room);
    if (!names || !*names ||
        std::find((*names)->begin(), (*names)->end(), "pyvenv.cfg") != (*names)->end()) {
      return;
    }
    nested_ = std::min(nested_ + (*names)->size(), kNestedEntriesMax);
    const auto entry = std::find_if(folder_.entries_.begin(),
                                    folder_.entries_.end(),
                                    [&](const Entry& each) { return each.name == name; });
    entry->kind = Kind::kFolder;
    AddAll(name, **names);
  }

  [[nodiscard]] bool IsOnTheWay(const fs::path& name) const {
    return !kept_.empty() && IsWithin(kept_, name);
  }

  WorkFolder& folder_;
  const Hidden& hidden_;
  fs::path kept_;
  std::deque<std::string> folders_;
  std::size_t nested_ = 0;
  std::int64_t copied_ = 0;
};

Result<WorkFolder> WorkFolder::Plan(fs::path source,
                                    fs::path path,
                                    const Hidden& hidden,
                                    const fs::path& kept) {
  WorkFolder folder;
  folder.source_ = std::move(source);
  folder.path_ = std::move(path);
  HONE_RETURN_IF_ERROR(Planner(folder, hidden, kept).Run());
  return folder;
}

Status WorkFolder::Create() {
  std::error_code error;
  if (::mkdir(path_.c_str(), 0777) != 0) {
    fs::create_directories(path_, error);
  }
  if (error) {
    return SystemFailure("making working folder " + path_.string(), error.value());
  }
  for (Entry& entry : entries_) {
    const int failure = Make(entry);
    // What is there already is an earlier attempt's, or what it was given.
    entry.is_ours = failure == 0 || (failure == EEXIST && IsUntouched(entry));
    if (failure != 0 && failure != EEXIST && failure != ENOENT && failure != ENOTDIR) {
      return SystemFailure(
          "making " + (path_ / entry.name).string() + " of " + (source_ / entry.name).string(),
          failure);
    }
  }
  return {};
}

int WorkFolder::Make(Entry& entry) {
  const fs::path from = source_ / entry.name;
  const fs::path to = path_ / entry.name;
  if (entry.kind == Kind::kCopy) {
    const int failure = Copy(from, to, entry.inode);
    if (failure != EACCES) {
      return failure;
    }
    entry.kind = Kind::kLink;  // who opens it is told the same as in the user's folder
  }
  const int made =
      entry.kind == Kind::kFolder ? ::mkdir(to.c_str(), 0777) : ::symlink(from.c_str(), to.c_str());
  return made == 0 ? 0 : errno;
}

bool WorkFolder::IsUntouched(const Entry& entry) const {
  const fs::path path = path_ / entry.name;
  if (entry.kind == Kind::kLink) {
    return IsLinkTo(path, source_ / entry.name);
  }
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || entry.kind == Kind::kFolder) {
    return S_ISDIR(status.st_mode);
  }
  const bool is_same = entry.inode == 0 || entry.inode == status.st_ino;
  return is_same && S_ISREG(status.st_mode) && status.st_size == entry.size &&
         Nanoseconds(status.st_mtim) == entry.modified;
}

std::vector<fs::path> WorkFolder::Clear() {
  std::vector<fs::path> changed;
  std::reverse(entries_.begin(), entries_.end());  // what is in a folder before the folder
  for (const Entry& entry : entries_) {
    const fs::path source = source_ / entry.name;
    struct stat status {};
    if (entry.kind == Kind::kLink && entry.is_watched &&
        (::lstat(source.c_str(), &status) != 0 || status.st_size != entry.size ||
         Nanoseconds(status.st_mtim) != entry.modified)) {
      changed.push_back(source);
    }
    const fs::path path = path_ / entry.name;
    if (entry.kind == Kind::kFolder) {
      RemoveIfEmpty(path);
    } else if (entry.is_ours && IsUntouched(entry)) {
      ::unlink(path.c_str());
    }
  }
  if (!path_.empty()) {
    RemoveIfEmpty(path_);
  }
  *this = WorkFolder();
  return changed;
}

void LinkNeighbours(const fs::path& source, const fs::path& folder, const std::string& reserved) {
  const fs::path parent = source.parent_path();
  const auto names = NamesIn(parent, kEntriesMax);
  if (source == parent || !names || !*names) {
    return;
  }
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  for (const std::string& name : **names) {
    if (!name.starts_with(reserved)) {
      // One that is there already is an earlier run's.
      [[maybe_unused]] const int made = ::symlink((parent / name).c_str(), (folder / name).c_str());
    }
  }
}

}  // namespace hone::controller
