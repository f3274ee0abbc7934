#include "metrics-collector/source/file_tail.h"

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hone::metrics {
namespace {

tl::unexpected<Error> ReadFailure(const std::filesystem::path& path, int error) {
  return Fail(
      error == EACCES ? Code::kPermissionDenied : Code::kUnavailable,
      "reading metric file " + path.string() + ": " + std::generic_category().message(error));
}

}  // namespace

FileTail::~FileTail() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

Result<FileTail::Chunk> FileTail::Read(std::span<char> buffer) {
  if (fd_ < 0) {
    HONE_ASSIGN_OR_RETURN(const bool is_open, Open());
    if (!is_open) {
      return Chunk{};
    }
  }
  bool is_fresh_start = has_predecessor_ && offset_ == 0;
  HONE_ASSIGN_OR_RETURN(std::size_t size, ReadOnce(buffer));
  if (size == 0 && IsReplaced()) {
    // What was written between the read and the renaming.
    HONE_ASSIGN_OR_RETURN(size, ReadOnce(buffer));
    if (size > 0) {
      return Chunk{size, is_fresh_start};
    }
    has_predecessor_ = has_predecessor_ || offset_ > 0;
    ::close(fd_);
    fd_ = -1;
    HONE_ASSIGN_OR_RETURN(const bool is_open, Open());
    if (!is_open) {
      return Chunk{};
    }
    is_fresh_start = has_predecessor_;
    HONE_ASSIGN_OR_RETURN(size, ReadOnce(buffer));
  } else if (size == 0 && IsTruncated()) {
    offset_ = 0;
    has_predecessor_ = true;
    is_fresh_start = true;
    HONE_ASSIGN_OR_RETURN(size, ReadOnce(buffer));
  }
  return Chunk{size, is_fresh_start && size > 0};
}

Result<bool> FileTail::Open() {
  // O_NONBLOCK: a named pipe must not stop us, only be refused.
  const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return false;
    }
    return ReadFailure(path_, errno);
  }
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(fd);
    return Fail(Code::kFailedPrecondition,
                "reading metric file " + path_.string() + ": it is not a regular file");
  }
  fd_ = fd;
  offset_ = 0;
  return true;
}

Result<std::size_t> FileTail::ReadOnce(std::span<char> buffer) {
  ssize_t size = 0;
  do {
    size = ::pread(fd_, buffer.data(), buffer.size(), offset_);
  } while (size < 0 && errno == EINTR);
  if (size < 0) {
    return ReadFailure(path_, errno);
  }
  offset_ += size;
  return static_cast<std::size_t>(size);
}

bool FileTail::IsReplaced() const {
  struct stat open_file {};
  struct stat named_file {};
  return ::fstat(fd_, &open_file) == 0 && ::stat(path_.c_str(), &named_file) == 0 &&
         (open_file.st_dev != named_file.st_dev || open_file.st_ino != named_file.st_ino);
}

bool FileTail::IsTruncated() const {
  struct stat status {};
  return ::fstat(fd_, &status) == 0 && status.st_size < offset_;
}

}  // namespace hone::metrics
