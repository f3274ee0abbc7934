#include "controller/local/gpu_pool.h"

#include <algorithm>

namespace hone::controller {

std::optional<std::vector<std::string>> GpuPool::Take(std::size_t count) {
  if (count > free_.size()) {
    return std::nullopt;
  }
  const auto end = free_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<std::string> taken(free_.begin(), end);
  free_.erase(free_.begin(), end);
  return taken;
}

void GpuPool::Return(const std::vector<std::string>& ids) {
  free_.insert(free_.end(), ids.begin(), ids.end());
}

}  // namespace hone::controller
