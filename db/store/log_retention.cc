#include "db/store/log_retention.h"

#include <algorithm>

namespace hone::db {

std::uint64_t LogRetention::MostForgotten(std::uint64_t before, std::uint64_t newest) const {
  const std::uint64_t step = std::clamp<std::uint64_t>(rows / 16, 1, 256);
  return 2 * step * (newest / step - before / step);
}

}  // namespace hone::db
