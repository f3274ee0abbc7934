// GpuPool: GPU ids that are handed out, each to one trial at a time. One thread. Who waits, and in
// what order, is its owner's business.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hone::controller {

class GpuPool {
 public:
  explicit GpuPool(std::vector<std::string> ids)
      : total_(ids.size()), free_(ids.begin(), ids.end()) {}

  [[nodiscard]] std::size_t total() const { return total_; }
  /// `count` ids, or nothing if so many are not free.
  [[nodiscard]] std::optional<std::vector<std::string>> Take(std::size_t count);
  void Return(const std::vector<std::string>& ids);

 private:
  std::size_t total_;
  std::deque<std::string> free_;
};

}  // namespace hone::controller
