// FileTail: the bytes that are written to a file, as they come. Survives a file and folder that do
// not exist yet, rotation (renamed away, a new one in its place: the old one is read to its end
// first), truncation, and a file that is written anew, whatever its length: it then begins again.
// It reads when asked and never waits: whoever owns it decides how often to ask. One thread.
//
// That a file was written anew is seen by its last kRememberedBytes, which it compares with what it
// has read. It does not see equal bytes written again, nor a change only before those.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "proto/core/result.h"

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
    /// The bytes are the first of another file or of another content: a partial line before them
    /// has ended.
    bool is_fresh_start = false;
  };
  /// Errors: the path names something that is not a regular file, or cannot be read. Asking again
  /// later is always allowed.
  [[nodiscard]] Result<Chunk> Read(std::span<char> buffer);

 private:
  static constexpr std::size_t kRememberedBytes = std::size_t{16} * 1024;

  /// Opens what `path_` names now. False if there is nothing yet.
  Result<bool> Open();
  /// What follows the bytes that were read, or, if those are no longer in the file, what begins it.
  Result<Chunk> ReadOpen(std::span<char> buffer);
  Result<std::size_t> ReadAt(off_t offset, std::span<char> buffer) const;
  void Remember(std::string_view bytes);
  /// Another file has the name now.
  [[nodiscard]] bool IsReplaced() const;
  /// What was read last is no longer where it was.
  [[nodiscard]] bool IsRewritten() const;

  std::filesystem::path path_;
  int fd_ = -1;
  /// How much of the open file has been read.
  off_t offset_ = 0;
  /// The end of what was read of the open file.
  std::string remembered_;
  /// A file was read before the one that is open.
  bool has_predecessor_ = false;
};

}  // namespace hone::metrics
