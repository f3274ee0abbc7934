#include "controller/local/gpu_pool.h"

namespace hone::controller {

std::optional<std::vector<std::string>> GpuPool::Take(const std::vector<std::string>& allowed,
                                                      std::size_t count) {
  std::vector<std::string> ids;
  for (const std::string& id : allowed) {
    if (ids.size() < count && !taken_.contains(id)) {
      ids.push_back(id);
    }
  }
  if (ids.size() < count) {
    return std::nullopt;
  }
  taken_.insert(ids.begin(), ids.end());
  return ids;
}

void GpuPool::Return(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    taken_.erase(id);
  }
}

}  // namespace hone::controller
