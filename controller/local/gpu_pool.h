// GpuPool: which GPU ids of this machine are taken, each by one trial at a time. Experiments may be
// allowed different ids of the same machine. One thread. In what order trials are served is the
// caller's business.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hone::controller {

class GpuPool {
 public:
  /// `count` ids of those `allowed` (the first that are free), or nothing if so many are not free.
  [[nodiscard]] std::optional<std::vector<std::string>> Take(
      const std::vector<std::string>& allowed,
      std::size_t count);
  void Return(const std::vector<std::string>& ids);

 private:
  std::set<std::string> taken_;
};

}  // namespace hone::controller
