#include "controller/local/experiment_folder.h"

#include <fstream>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "controller/local/folders.h"
#include "controller/local/system_failure.h"

namespace hone::controller {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUidFile = ".experiment";
/// A folder in the root with a file for each experiment whose deletion is recorded, named by its
/// uid.
constexpr const char* kDeletions = ".deleting";
/// The most deletions that one call completes; the others wait for the next call.
constexpr std::size_t kDeletionsMax = 1000;

/// The first line of a file; empty if there is no such file.
std::string ReadLine(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

Status WriteLine(const fs::path& path, const std::string& line) {
  std::ofstream file(path);
  file << line << "\n";
  file.close();
  return file ? Status() : SystemFailure("writing " + path.string(), errno);
}

/// "<namespace>/<name>", as BeginDeletion wrote it.
std::optional<ExperimentKey> ReadKey(const fs::path& path) {
  const std::string line = ReadLine(path);
  const std::size_t slash = line.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == line.size() ||
      line.find('/', slash + 1) != std::string::npos || line.starts_with('.')) {
    return std::nullopt;
  }
  return ExperimentKey{line.substr(0, slash), line.substr(slash + 1)};
}

/// Leaves the folder alone if a later experiment of that name has claimed it.
Status DeleteFolder(const fs::path& folder, const std::string& uid) {
  const std::string owner = ReadLine(folder / kUidFile);
  std::error_code error;
  if (owner.empty() || owner == uid) {
    fs::remove_all(folder, error);
  }
  return error ? SystemFailure("deleting " + folder.string(), error.value()) : Status();
}

/// `path` is a file that BeginDeletion wrote.
Status FinishDeletion(const fs::path& root, const fs::path& path, const IsThere& is_there) {
  const std::string uid = path.filename().string();
  if (const std::optional<ExperimentKey> key = ReadKey(path)) {
    HONE_ASSIGN_OR_RETURN(const bool stays, is_there(*key, uid));
    if (stays) {
      return {};
    }
    HONE_RETURN_IF_ERROR(DeleteFolder(FolderOfExperiment(root, *key), uid));
  }
  std::error_code ignored;
  fs::remove(path, ignored);
  return {};
}

}  // namespace

fs::path FolderOfExperiment(const fs::path& root, const ExperimentKey& key) {
  return root / key.ns / key.name;
}

Result<fs::path> ClaimExperimentFolder(const fs::path& folder, const std::string& uid) {
  fs::path moved;
  const std::string owner = ReadLine(folder / kUidFile);
  if (owner == uid) {
    return moved;
  }
  if (!owner.empty()) {
    moved = folder.string() + "." + owner;
    std::error_code error;
    fs::rename(folder, moved, error);
    if (error) {
      return SystemFailure("moving " + folder.string() + ", the files of an earlier experiment",
                           error.value());
    }
  }
  HONE_RETURN_IF_ERROR(MakeFolder(folder));
  HONE_RETURN_IF_ERROR(WriteLine(folder / kUidFile, uid));
  return moved;
}

Status BeginDeletion(const fs::path& root, const ExperimentKey& key, const std::string& uid) {
  HONE_RETURN_IF_ERROR(MakeFolder(root / kDeletions));
  return WriteLine(root / kDeletions / uid, key.ToString());
}

Status FinishDeletions(const fs::path& root, const IsThere& is_there) {
  std::vector<fs::path> begun;
  std::error_code error;
  fs::directory_iterator entry(root / kDeletions, error);
  for (; !error && entry != fs::directory_iterator() && begun.size() < kDeletionsMax;
       entry.increment(error)) {
    begun.push_back(entry->path());
  }
  Status first;
  for (const fs::path& path : begun) {
    if (Status finished = FinishDeletion(root, path, is_there); !finished && first) {
      first = std::move(finished);
    }
  }
  fs::remove(root / kDeletions, error);  // if it is empty
  return first;
}

}  // namespace hone::controller
