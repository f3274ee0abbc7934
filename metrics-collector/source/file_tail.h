// FileTail: the bytes that are appended to a file, as they come. Survives a file and folder that do
// not exist yet, truncation, and rotation (renamed away, a new one in its place: the old one is
// read to its end first). It reads when asked and never waits: whoever owns it decides how often to
// ask. One thread. What it does not see: a file that was truncated and outgrew its old length
// between two reads.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include <sys/types.h>

#include "proto/model/result.h"

namespace hone::metrics {

class FileTail {
 public:
  explicit FileTail(std::filesystem::path path) : path_(std::move(path)) {}
  FileTail(const FileTail&) = delete;
  FileTail& operator=(const FileTail&) = delete;
  FileTail(FileTail&&) = delete;
  FileTail& operator=(FileTail&&) = delete;
  ~FileTail();

  struct Chunk {
    /// How many bytes of the buffer were filled; 0: nothing new now.
    std::size_t size = 0;
    /// The bytes are the first of another file or of a truncated one: a partial line before them
    /// has ended.
    bool is_fresh_start = false;
  };
  /// Errors: the path names something that is not a regular file, or cannot be read. Asking again
  /// later is always allowed.
  [[nodiscard]] Result<Chunk> Read(std::span<char> buffer);

 private:
  /// Opens what `path_` names now. False if there is nothing yet.
  Result<bool> Open();
  Result<std::size_t> ReadOnce(std::span<char> buffer);
  [[nodiscard]] bool IsReplaced() const;
  [[nodiscard]] bool IsTruncated() const;

  std::filesystem::path path_;
  int fd_ = -1;
  /// How much of the open file has been read.
  off_t offset_ = 0;
  /// A file was read before the one that is open.
  bool has_predecessor_ = false;
};

}  // namespace hone::metrics
