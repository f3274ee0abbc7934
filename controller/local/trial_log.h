// TrialLog: the output of a trial, byte for byte, in the order in which lines were completed. The
// file is made with the first byte; above a limit it is moved to "<name>.1" (one is kept) and a new
// one is begun. After a write error the log stops for good. One owner, one thread.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "controller/local/file_descriptor.h"
#include "proto/core/result.h"

namespace hone::controller {

class TrialLog {
 public:
  TrialLog(std::filesystem::path path, std::size_t bytes_max)
      : path_(std::move(path)), bytes_max_(std::max<std::size_t>(bytes_max, 1)) {}

  /// An error is returned once; afterwards Write does nothing and succeeds.
  [[nodiscard]] Status Write(std::string_view bytes);

 private:
  Status Open();
  Status Rotate();
  Status WriteAll(std::string_view bytes);

  std::filesystem::path path_;
  std::size_t bytes_max_;
  FileDescriptor file_;
  std::size_t size_ = 0;
  bool has_stopped_ = false;
};

}  // namespace hone::controller
