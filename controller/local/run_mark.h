// RunMark: what an attempt leaves on disk while it runs, so that the next hone finds its processes
// although this one was killed and whatever they did to their environment. It is a FIFO, which is
// the attempt's stderr: as long as any process of the attempt has it open, the kernel says so
// (RunMark::IsHeld), whoever that process belongs to. Its name says who the first process was. It
// goes with the attempt. One owner, one thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "controller/local/file_descriptor.h"
#include "controller/local/processes.h"
#include "proto/core/result.h"

namespace hone::controller {

struct Pipe {
  FileDescriptor read_end;
  FileDescriptor write_end;
};

class RunMark {
 public:
  RunMark() = default;
  RunMark(RunMark&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  RunMark& operator=(RunMark&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  RunMark(const RunMark&) = delete;
  RunMark& operator=(const RunMark&) = delete;
  ~RunMark();

  /// Makes the FIFO in `folder`, which is made if it is missing, before the attempt is started.
  /// `attempt` is what people call it. The read end does not block.
  static Result<RunMark> Make(const std::filesystem::path& folder,
                              const std::string& attempt,
                              Pipe& pipe);
  /// Writes down that `pid`, a child that was not waited for, is the first process.
  [[nodiscard]] Status Record(pid_t pid);

 private:
  std::filesystem::path path_;
};

/// A mark that a hone left behind.
struct LeftMark {
  std::filesystem::path path;
  std::string attempt;
  /// Nothing: hone was killed before it could write it down.
  std::optional<ProcessIdentity> leader;
  /// Of the FIFO.
  dev_t device = 0;
  ino_t inode = 0;
  FileDescriptor read_end;

  /// True while some process has the FIFO open for writing.
  [[nodiscard]] bool IsHeld() const;
};

/// The marks in `folder`; those from before this machine was started are removed instead.
std::vector<LeftMark> FindLeftMarks(const std::filesystem::path& folder);

}  // namespace hone::controller
