// FileTail: the bytes that are written to a file, as they arrive. Handles a file and folder that do
// not exist yet, rotation (the file is renamed and a new one takes its place: the old one is read
// to its end first), truncation, and a file that is rewritten, whatever its length: it then starts
// from the beginning. Read never waits: its owner decides how often to call it. One thread.
//
// A rewritten file is detected by comparing its last kRememberedBytes with the bytes that were
// read. Undetected are equal bytes written again, and a change only before those bytes.
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
    /// Number of bytes in the buffer; 0: no new bytes now.
    std::size_t size = 0;
    /// True if the bytes are the first of another file or of new content: a partial line before
    /// them has ended.
    bool is_fresh_start = false;
  };
  /// Errors: the path names something that is not a regular file, or the file cannot be read. The
  /// caller may retry later.
  [[nodiscard]] Result<Chunk> Read(std::span<char> buffer);

 private:
  static constexpr std::size_t kRememberedBytes = std::size_t{16} * 1024;

  /// Opens the file that `path_` names now. False if it does not exist yet.
  Result<bool> Open();
  /// Reads the bytes after those that were read or, if the file was rewritten, the bytes at its
  /// beginning.
  Result<Chunk> ReadOpen(std::span<char> buffer);
  Result<std::size_t> ReadAt(off_t offset, std::span<char> buffer) const;
  void Remember(std::string_view bytes);
  /// True if another file has the name now.
  [[nodiscard]] bool IsReplaced() const;
  /// True if the bytes that were read last have changed in the file.
  [[nodiscard]] bool IsRewritten() const;

  std::filesystem::path path_;
  int fd_ = -1;
  /// Number of bytes read from the open file.
  off_t offset_ = 0;
  /// The last bytes read from the open file.
  std::string remembered_;
  /// True if another file or other content was read before.
  bool has_predecessor_ = false;
};

}  // namespace hone::metrics
