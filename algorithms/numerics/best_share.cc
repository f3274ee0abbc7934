#include "algorithms/numerics/best_share.h"

#include <iterator>

namespace hone::algorithms {

void BestShare::Insert(const Entry& entry) {
  const bool is_best = !best_.empty() && entry < *best_.rbegin();
  (is_best ? best_ : rest_).insert(entry);
  Balance();
}

void BestShare::Remove(const Entry& entry) {
  if (best_.erase(entry) == 0) {
    rest_.erase(entry);
  }
  Balance();
}

/// After one insertion or removal at most one entry has to move.
void BestShare::Balance() {
  const std::size_t wanted = size() / eta_;
  if (best_.size() > wanted) {
    rest_.insert(best_.extract(std::prev(best_.end())));
  } else if (best_.size() < wanted) {
    best_.insert(rest_.extract(rest_.begin()));
  }
}

}  // namespace hone::algorithms
