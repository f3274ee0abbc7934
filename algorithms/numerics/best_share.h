// BestShare: a changing set of numbers, split into the best 1/eta of them and the rest. Each
// carries the ordinal of its trial: of equal numbers the older trial's is the better one. A change
// costs O(log n). One owner, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

namespace hone::algorithms {

class BestShare {
 public:
  /// Smaller is better. `value` is not NaN.
  struct Entry {
    double value = 0;
    std::uint64_t ordinal = 0;
    auto operator<=>(const Entry&) const = default;
  };

  explicit BestShare(std::size_t eta) : eta_(eta) {}

  void Insert(const Entry& entry);
  /// `entry` must have been inserted.
  void Remove(const Entry& entry);
  [[nodiscard]] bool IsAmongBest(const Entry& entry) const { return best_.contains(entry); }

  [[nodiscard]] std::size_t size() const { return best_.size() + rest_.size(); }
  /// size() / eta, rounded down.
  [[nodiscard]] std::size_t best_size() const { return best_.size(); }
  /// The worst of the best; there is one if size() >= eta.
  [[nodiscard]] double bar() const { return best_.rbegin()->value; }

 private:
  void Balance();

  std::size_t eta_;
  std::set<Entry> best_;
  std::set<Entry> rest_;
};

}  // namespace hone::algorithms
