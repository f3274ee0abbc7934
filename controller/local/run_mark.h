// RunMark: a file that an attempt has while it runs, so that the next hone finds the attempt's
// processes if this one is killed, even if they changed their environment. It is a FIFO, which is
// the attempt's stderr: as long as any process of the attempt has it open, whatever user it belongs
// to, the kernel tells so (RunMark::IsHeld). Its name identifies the first process. It is removed
// with the attempt. One owner, one thread.
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
  /// `attempt` is the attempt's name in messages. The read end does not block.
  static Result<RunMark> Make(const std::filesystem::path& folder,
                              const std::string& attempt,
                              Pipe& pipe);
  /// Records `pid`, a child that was not reaped, as the first process.
  [[nodiscard]] Status Record(pid_t pid);

 private:
  std::filesystem::path path_;
};

/// A mark that an earlier hone left behind.
struct LeftMark {
  std::filesystem::path path;
  std::string attempt;
  /// Nothing if hone was killed before it could record the first process.
  std::optional<ProcessIdentity> leader;
  /// Device and inode of the FIFO.
  dev_t device = 0;
  ino_t inode = 0;
  FileDescriptor read_end;

  /// True while any process has the FIFO open for writing.
  [[nodiscard]] bool IsHeld() const;
};

/// The marks in `folder`. Marks made before this machine was started are removed instead.
std::vector<LeftMark> FindLeftMarks(const std::filesystem::path& folder);

}  // namespace hone::controller
