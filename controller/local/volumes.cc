#include "controller/local/volumes.h"

#include <algorithm>
#include <cctype>
#include <system_error>
#include <utility>

#include "controller/local/folders.h"

namespace hone::controller {
namespace {

/// Characters that may stand before and after a path in lists, options and shell scripts.
constexpr std::string_view kBefore = "=:,'\"` \t\n;&|<>(){";
constexpr std::string_view kAfter = "/:,'\"` \t\n;&|<>)}";

bool IsMention(std::string_view text, std::size_t at, std::string_view path) {
  const std::size_t end = at + path.size();
  return text.substr(at).starts_with(path) &&
         (at == 0 || kBefore.find(text[at - 1]) != std::string_view::npos) &&
         (end == text.size() || kAfter.find(text[end]) != std::string_view::npos);
}

/// Where Katib mounts a volume for its metrics collector.
constexpr std::string_view kKatibFolder = "/var/log/katib";

bool MentionsKatibFolder(const Workload& workload) {
  const auto mentions = [](const std::string& text) {
    return text.find(kKatibFolder) != std::string::npos;
  };
  return std::any_of(workload.command.begin(), workload.command.end(), mentions) ||
         std::any_of(workload.environment.begin(),
                     workload.environment.end(),
                     [&](const auto& variable) { return mentions(variable.second); });
}

std::string VariableName(const std::string& volume) {
  std::string name = "HONE_VOLUME_";
  for (const char c : volume) {
    const auto byte = static_cast<unsigned char>(c);
    name.push_back(std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_');
  }
  return name;
}

}  // namespace

Volumes::Volumes(const Workload& workload, std::filesystem::path root) : root_(std::move(root)) {
  for (const auto& [path, volume] : workload.empty_dirs) {
    Mount(path, volume);
  }
  if (MentionsKatibFolder(workload) && Localize(kKatibFolder) == kKatibFolder) {
    Mount(std::string(kKatibFolder), FreeName("metrics"));
  }
}

std::filesystem::path Volumes::AddMetricFile(const std::string& path) {
  const std::filesystem::path normal = std::filesystem::path(path).lexically_normal();
  if (const std::string place = Localize(normal.string()); place != normal.string()) {
    Redirect(path, place);
    return place;
  }
  const std::string volume = FreeName("metrics");
  const std::filesystem::path folder = root_ / volume;
  std::filesystem::path file = folder / normal.filename();
  std::error_code error;
  if (!std::filesystem::is_directory(normal.parent_path(), error)) {
    Mount(normal.parent_path().string(), volume);
  }
  folders_[volume] = folder.string();
  Redirect(normal.string(), file.string());
  Redirect(path, file.string());
  return file;
}

std::string Volumes::FreeName(std::string name) const {
  while (folders_.contains(name)) {
    name += "-file";
  }
  return name;
}

void Volumes::Mount(const std::string& path, const std::string& volume) {
  if (path.find_first_not_of('/') == std::string::npos || !path.starts_with('/')) {
    return;  // "/" itself cannot be moved
  }
  const std::string folder = (root_ / volume).string();
  Redirect(path, folder);
  folders_[volume] = folder;
}

void Volumes::Redirect(std::string path, const std::string& folder) {
  while (path.ends_with('/')) {
    path.pop_back();
  }
  if (path.starts_with('/')) {
    mounts_[path] = folder;
  }
}

std::string Volumes::Localize(std::string_view text) const {
  if (mounts_.empty()) {
    return std::string(text);
  }
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::pair<const std::string, std::string>* longest = nullptr;
    for (const auto& mount : mounts_) {
      if (IsMention(text, at, mount.first) &&
          (longest == nullptr || mount.first.size() > longest->first.size())) {
        longest = &mount;
      }
    }
    if (longest == nullptr) {
      result.push_back(text[at++]);
    } else {
      result += longest->second;
      at += longest->first.size();
    }
  }
  return result;
}

std::vector<std::pair<std::string, std::string>> Volumes::Variables() const {
  std::vector<std::pair<std::string, std::string>> variables;
  for (const auto& [volume, folder] : folders_) {
    variables.emplace_back(VariableName(volume), folder);
  }
  return variables;
}

bool Volumes::Contains(const std::filesystem::path& path) const {
  return std::any_of(folders_.begin(), folders_.end(), [&](const auto& folder) {
    return !Below(path.lexically_normal(), folder.second).empty();
  });
}

Status Volumes::Create() const {
  for (const auto& volume : folders_) {
    HONE_RETURN_IF_ERROR(MakeFolder(volume.second));
  }
  return {};
}

void Volumes::Remove() const {
  if (!folders_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
}

}  // namespace hone::controller
