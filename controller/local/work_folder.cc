#include "controller/local/work_folder.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "controller/local/file_descriptor.h"
#include "controller/local/folders.h"
#include "controller/local/system_failure.h"

namespace hone::controller {
namespace {

namespace fs = std::filesystem;
using Kind = WorkPlan::Kind;

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
/// The most entries beside the user's folder that are linked.
constexpr std::size_t kNeighboursMax = 1000;
/// The modification time given to a folder after it is filled. No clock shows 1970, so the time
/// differs after any change of the folder's entries, however soon it comes.
constexpr timespec kUnchanged = {};

/// The folder `name` below `root`; an empty name means `root`. No part of the path may be a link: a
/// trial may have put a link to the user's folder there.
class FolderBelow {
 public:
  FolderBelow(int root, const fs::path& name) : fd_(root) {
    for (auto part = name.begin(); part != name.end() && error_ == 0; ++part) {
      FileDescriptor next(::openat(fd_, part->c_str(), kFolderFlags));
      error_ = next.is_open() ? 0 : errno;
      opened_ = std::move(next);
      fd_ = opened_.get();
    }
  }

  /// -1 if it could not be opened.
  [[nodiscard]] int get() const { return fd_; }
  /// 0 or an errno.
  [[nodiscard]] int error() const { return error_; }

 private:
  FileDescriptor opened_;
  int fd_;
  int error_ = 0;
};

bool IsLinkTo(int folder, const std::string& name, const std::string& target) {
  std::string found(target.size() + 1, '\0');
  const ssize_t size = ::readlinkat(folder, name.c_str(), found.data(), found.size());
  return size >= 0 && found.compare(0, static_cast<std::size_t>(size), target) == 0;
}

/// Gives the copy the time of the original, so that any later write shows, however soon it comes.
/// `status` is the original's before the call, and the copy's after it. Returns 0 or an errno.
int CopyContent(int from, int to, struct stat& status) {
  for (std::int64_t left = status.st_size; left > 0;) {
    const ssize_t count = ::sendfile(to, from, nullptr, static_cast<std::size_t>(left));
    if (count < 0) {
      return errno;
    }
    left = count == 0 ? 0 : left - count;
  }
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  return ::futimens(to, times.data()) != 0 || ::fstat(to, &status) != 0 ? errno : 0;
}

/// True if the entry is a regular file like the original, but not the original itself.
bool IsCopyOf(const struct stat& original, int folder, const char* name, ino_t& inode) {
  struct stat status {};
  if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) {
    return false;
  }
  inode = status.st_ino;
  const bool is_original = status.st_ino == original.st_ino && status.st_dev == original.st_dev;
  return !is_original && status.st_size == original.st_size &&
         Nanoseconds(status.st_mtim) == Nanoseconds(original.st_mtim);
}

/// Returns 0 or an errno. Replaces a link to the user's folder: an earlier attempt made one if the
/// folder was too large to be shown then.
int MakeFolderFor(const std::string& from, int parent, const char* name) {
  int failure = ::mkdirat(parent, name, 0777) == 0 ? 0 : errno;
  if (failure == EEXIST && IsLinkTo(parent, name, from) && ::unlinkat(parent, name, 0) == 0) {
    failure = ::mkdirat(parent, name, 0777) == 0 ? 0 : errno;
  }
  return failure;
}

/// True if a file, or the entries of a folder, have changed.
bool HasChanged(const std::string& path, std::int64_t size, std::int64_t modified) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) != 0 || status.st_size != size ||
         Nanoseconds(status.st_mtim) != modified;
}

/// Removes the folder if it is empty. Python's compiled files do not count: Python compiles them
/// again when needed.
void RemoveIfEmpty(int parent, const char* name) {
  if (::unlinkat(parent, name, AT_REMOVEDIR) == 0 || (errno != ENOTEMPTY && errno != EEXIST)) {
    return;
  }
  const FileDescriptor folder(::openat(parent, name, kFolderFlags));
  if (folder.is_open()) {
    std::error_code ignored;
    // By its descriptor, since the trial may have moved the folder or replaced it by a link.
    fs::remove_all("/proc/self/fd/" + std::to_string(folder.get()) + "/__pycache__", ignored);
    ::unlinkat(parent, name, AT_REMOVEDIR);
  }
}

}  // namespace

std::string WorkFolder::SourceOf(const WorkPlan::Folder& folder) const {
  return (source_ / folder.name / "").string();
}

Status WorkFolder::Create() {
  HONE_RETURN_IF_ERROR(MakeFolder(path_));
  const FileDescriptor root(::open(path_.c_str(), kFolderFlags));
  if (!root.is_open()) {
    return SystemFailure("opening working folder " + path_.string(), errno);
  }
  MakeWay(root.get());
  made_.resize(plan_->folders.size());
  for (std::size_t i = 0; i < made_.size(); ++i) {
    HONE_RETURN_IF_ERROR(Fill(root.get(), plan_->folders[i], made_[i]));
  }
  return {};
}

/// Makes the folders on the path to the metric file, replacing links, since this file is the
/// trial's own. If that fails, reading the file at the end reports it missing.
void WorkFolder::MakeWay(int root) const {
  if (kept_.empty()) {
    return;
  }
  FileDescriptor folder;
  int parent = root;
  for (const fs::path& part : kept_.parent_path()) {
    std::array<char, 1> ignored{};
    if (::readlinkat(parent, part.c_str(), ignored.data(), ignored.size()) >= 0) {
      ::unlinkat(parent, part.c_str(), 0);
    }
    ::mkdirat(parent, part.c_str(), 0777);
    folder = FileDescriptor(::openat(parent, part.c_str(), kFolderFlags));
    parent = folder.get();
  }
  ::unlinkat(parent, kept_.filename().c_str(), 0);  // left by an earlier attempt
}

Status WorkFolder::Fill(int root, const WorkPlan::Folder& folder, std::vector<Made>& made) {
  const FolderBelow opened(root, folder.name);
  switch (opened.error()) {
    case 0:
      break;
    case ENOTDIR:
    case ELOOP:
    case ENOENT:
    case EACCES:
      return {};  // an earlier attempt has put something else there
    default:
      return SystemFailure("opening " + (path_ / folder.name).string(), opened.error());
  }
  const std::string from = SourceOf(folder);
  made.resize(folder.entries.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    const WorkPlan::Entry& entry = folder.entries[i];
    const int failure = Make(opened.get(), from + entry.name, entry, made[i]);
    made[i].is_ours = made[i].is_ours || failure == 0;
    if (failure != 0 && failure != EEXIST && failure != ENOENT) {
      return SystemFailure(
          "making " + (path_ / folder.name / entry.name).string() + " of " + from + entry.name,
          failure);
    }
  }
  const std::array<timespec, 2> times = {timespec{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, kUnchanged};
  ::futimens(opened.get(), times.data());  // if it fails, Clear examines each entry
  return {};
}

int WorkFolder::Make(int folder,
                     const std::string& from,
                     const WorkPlan::Entry& entry,
                     Made& made) {
  made.kind = entry.kind;
  switch (entry.kind) {
    case Kind::kFolder:
      return MakeFolderFor(from, folder, entry.name.c_str());
    case Kind::kCopy:
      return MakeCopy(folder, from, entry, made);
    case Kind::kLink:
      break;
  }
  return MakeLink(folder, from, entry, made);
}

int WorkFolder::MakeCopy(int folder,
                         const std::string& from,
                         const WorkPlan::Entry& entry,
                         Made& made) {
  const FileDescriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  struct stat status {};
  // The file may have changed since the plan was made. If it cannot be read, the trial gets that
  // error when it opens the link.
  if (!source.is_open() || ::fstat(source.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      (status.st_mode & 0111U) != 0 || status.st_size > kCopyBytesMax ||
      copied_ + status.st_size > kCopiedBytesMax) {
    return MakeLink(folder, from, entry, made);
  }
  const char* const name = entry.name.c_str();
  const FileDescriptor copy(
      ::openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, status.st_mode & 0777U));
  if (!copy.is_open()) {
    const int failure = errno;
    made.is_ours = failure == EEXIST && IsCopyOf(status, folder, name, made.inode);
    made.size = status.st_size;
    made.modified = Nanoseconds(status.st_mtim);
    return failure;
  }
  if (const int failure = CopyContent(source.get(), copy.get(), status); failure != 0) {
    ::unlinkat(folder, name, 0);  // the next attempt would take it for the user's file
    return failure;
  }
  copied_ += status.st_size;
  made.size = status.st_size;
  made.modified = Nanoseconds(status.st_mtim);
  made.inode = status.st_ino;
  return 0;
}

int WorkFolder::MakeLink(int folder,
                         const std::string& from,
                         const WorkPlan::Entry& entry,
                         Made& made) {
  made.kind = Kind::kLink;
  if (entry.is_watched) {
    struct stat status {};
    if (::lstat(from.c_str(), &status) != 0) {
      return errno;
    }
    made.size = status.st_size;
    made.modified = Nanoseconds(status.st_mtim);
  }
  if (::symlinkat(from.c_str(), folder, entry.name.c_str()) == 0) {
    return 0;
  }
  const int failure = errno;
  made.is_ours = failure == EEXIST && IsLinkTo(folder, entry.name, from);
  return failure;
}

bool WorkFolder::IsUntouched(int folder,
                             const std::string& from,
                             const std::string& name,
                             const Made& made) {
  if (made.kind == Kind::kLink) {
    return IsLinkTo(folder, name, from);
  }
  struct stat status {};
  return ::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISREG(status.st_mode) && status.st_ino == made.inode && status.st_size == made.size &&
         Nanoseconds(status.st_mtim) == made.modified;
}

std::vector<fs::path> WorkFolder::Clear() {
  std::vector<fs::path> changed;
  if (!made_.empty()) {
    const FileDescriptor root(::open(path_.c_str(), kFolderFlags));
    for (std::size_t i = made_.size(); i > 0; --i) {  // entries before the folder that has them
      ClearFolder(root.get(), plan_->folders[i - 1], made_[i - 1], changed);
    }
    RemoveIfEmpty(AT_FDCWD, path_.c_str());
  }
  *this = WorkFolder();
  return changed;
}

void WorkFolder::ClearFolder(int root,
                             const WorkPlan::Folder& folder,
                             const std::vector<Made>& made,
                             std::vector<fs::path>& changed) const {
  const FolderBelow opened(root, folder.name);
  struct stat status {};
  const bool has_all = ::fstat(opened.get(), &status) == 0 && Nanoseconds(status.st_mtim) == 0;
  const std::string parent = SourceOf(folder);
  for (std::size_t i = 0; i < made.size(); ++i) {
    const WorkPlan::Entry& entry = folder.entries[i];
    const std::string from = parent + entry.name;
    if (made[i].kind == Kind::kFolder) {
      RemoveIfEmpty(opened.get(), entry.name.c_str());
      continue;
    }
    if (made[i].kind == Kind::kLink && made[i].is_ours && entry.is_watched &&
        HasChanged(from, made[i].size, made[i].modified)) {
      changed.emplace_back(from);
    }
    const bool is_known = has_all && made[i].kind == Kind::kLink;
    if (made[i].is_ours && (is_known || IsUntouched(opened.get(), from, entry.name, made[i]))) {
      ::unlinkat(opened.get(), entry.name.c_str(), 0);
    }
  }
}

void LinkNeighbours(const fs::path& source, const fs::path& folder, const std::string& reserved) {
  const fs::path parent = source.parent_path();
  const auto names = NamesIn(parent, kNeighboursMax);
  if (source == parent || !names || !*names || !MakeFolder(folder)) {
    return;
  }
  for (const std::string& name : **names) {
    if (!name.starts_with(reserved)) {
      // A link that exists already was made for an earlier trial.
      [[maybe_unused]] const int made = ::symlink((parent / name).c_str(), (folder / name).c_str());
    }
  }
}

}  // namespace hone::controller
