#include "metrics-collector/source/file_tail.h"

#include <algorithm>
#include <array>
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
  // Up to three reads: the open file, bytes written to it before it was renamed, then its
  // successor.
  for (int rounds = 0; rounds < 3; ++rounds) {
    if (fd_ < 0) {
      HONE_ASSIGN_OR_RETURN(const bool is_open, Open());
      if (!is_open) {
        return Chunk{};
      }
    }
    const bool is_replaced = IsReplaced();
    HONE_ASSIGN_OR_RETURN(const Chunk chunk, ReadOpen(buffer));
    if (chunk.size > 0) {
      return chunk;
    }
    if (is_replaced) {
      has_predecessor_ = has_predecessor_ || offset_ > 0;
      ::close(fd_);
      fd_ = -1;
    }
  }
  return Chunk{};
}

Result<FileTail::Chunk> FileTail::ReadOpen(std::span<char> buffer) {
  HONE_ASSIGN_OR_RETURN(std::size_t size, ReadAt(offset_, buffer));
  // Checked after the read, because the bytes may belong to new content.
  if (IsRewritten()) {
    has_predecessor_ = true;
    offset_ = 0;
    remembered_.clear();
    HONE_ASSIGN_OR_RETURN(size, ReadAt(0, buffer));
  }
  const bool is_first = has_predecessor_ && offset_ == 0;
  Remember({buffer.data(), size});
  return Chunk{size, is_first && size > 0};
}

Result<bool> FileTail::Open() {
  // O_NONBLOCK: opening a named pipe must not block, so that it can be refused.
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
  remembered_.clear();
  return true;
}

Result<std::size_t> FileTail::ReadAt(off_t offset, std::span<char> buffer) const {
  ssize_t size = 0;
  do {
    size = ::pread(fd_, buffer.data(), buffer.size(), offset);
  } while (size < 0 && errno == EINTR);
  if (size < 0) {
    return ReadFailure(path_, errno);
  }
  return static_cast<std::size_t>(size);
}

void FileTail::Remember(std::string_view bytes) {
  offset_ += static_cast<off_t>(bytes.size());
  remembered_.append(bytes.substr(bytes.size() - std::min(bytes.size(), kRememberedBytes)));
  remembered_.erase(0, remembered_.size() - std::min(remembered_.size(), kRememberedBytes));
}

bool FileTail::IsReplaced() const {
  struct stat open_file {};
  struct stat named_file {};
  return ::fstat(fd_, &open_file) == 0 && ::stat(path_.c_str(), &named_file) == 0 &&
         (open_file.st_dev != named_file.st_dev || open_file.st_ino != named_file.st_ino);
}

bool FileTail::IsRewritten() const {
  std::array<char, kRememberedBytes> bytes{};
  const std::span<char> now(bytes.data(), remembered_.size());
  const auto size = ReadAt(offset_ - static_cast<off_t>(now.size()), now);
  return size && std::string_view(now.data(), *size) != remembered_;
}

}  // namespace hone::metrics
