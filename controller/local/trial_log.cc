#include "controller/local/trial_log.h"

#include <algorithm>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "controller/local/folders.h"
#include "controller/local/system_failure.h"

namespace hone::controller {

Status TrialLog::Write(std::string_view bytes) {
  if (has_stopped_ || bytes.empty()) {
    return {};
  }
  Status status = file_.is_open() ? Status{} : Open();
  while (status && !bytes.empty()) {
    // A piece that fits into one log is not split; a piece larger than a whole log has to be.
    const bool is_full = size_ > 0 && size_ + std::min(bytes.size(), bytes_max_) > bytes_max_;
    if (is_full) {
      status = Rotate();
    }
    if (status) {
      const std::string_view piece = bytes.substr(0, bytes_max_);
      status = WriteAll(piece);
      bytes.remove_prefix(piece.size());
    }
  }
  if (!status) {
    has_stopped_ = true;
    file_.Close();
  }
  return status;
}

Status TrialLog::Open() {
  const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
  file_ = FileDescriptor(::open(path_.c_str(), flags, 0644));
  if (!file_.is_open() && errno == ENOENT) {
    HONE_RETURN_IF_ERROR(MakeFolder(path_.parent_path()));
    file_ = FileDescriptor(::open(path_.c_str(), flags, 0644));
  }
  struct stat status {};
  if (!file_.is_open() || ::fstat(file_.get(), &status) != 0) {
    return SystemFailure("opening log " + path_.string(), errno);
  }
  size_ = static_cast<std::size_t>(status.st_size);
  return {};
}

Status TrialLog::Rotate() {
  file_.Close();
  if (std::rename(path_.c_str(), (path_.string() + ".1").c_str()) != 0) {
    return SystemFailure("rotating log " + path_.string(), errno);
  }
  return Open();
}

Status TrialLog::WriteAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return SystemFailure("writing log " + path_.string(), errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
    size_ += static_cast<std::size_t>(count);
  }
  return {};
}

}  // namespace hone::controller
