// The real program, run as a user runs it: in its own folder, with its own store. For tests only.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/temporary_folder.h"

namespace hone {

struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// A hone that runs concurrently with the test. Killed when the object is destroyed, if it still
/// runs.
class Running {
 public:
  Running(pid_t pid, std::filesystem::path out, std::filesystem::path err);
  Running(Running&& other) noexcept;
  Running& operator=(Running&&) = delete;
  ~Running();
  void Signal(int signal) const;
  /// Waits for its exit code; 128 + N if signal N ended it.
  Outcome Wait();
  [[nodiscard]] std::string Err() const;

 private:
  pid_t pid_;
  std::filesystem::path out_;
  std::filesystem::path err_;
};

/// A temporary folder with its own HOME, in which hone runs.
class Sandbox {
 public:
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
  void Write(const std::string& name, const std::string& text) const;
  [[nodiscard]] std::string Read(const std::string& name) const;
  [[nodiscard]] Outcome Hone(const std::vector<std::string>& words) const;
  [[nodiscard]] Running Start(const std::vector<std::string>& words) const;
  /// Runs a line with /bin/sh, in which "hone" is the program.
  [[nodiscard]] Outcome Shell(const std::string& line) const;

 private:
  [[nodiscard]] Running Spawn(const std::vector<std::string>& words) const;

  TemporaryFolder folder_;
};

/// True once `condition` holds; false after half a minute.
bool Eventually(const std::function<bool()>& condition);

}  // namespace hone
