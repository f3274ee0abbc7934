// SortedPlaces: the sorted positions of the kernels of one axis, and the gap between each and its
// neighbours. Of two at one position the older comes first. Eight bytes per kernel; adding or
// removing one costs a search and the move of at most a chunk. The order depends only on the set of
// kernels. One owner, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hone::algorithms {

class SortedPlaces {
 public:
  struct Place {
    float center = 0;
    /// The number by which the owner knows the kernel.
    std::uint32_t slot = 0;
  };
  /// A kernel whose larger gap has changed.
  struct Moved {
    std::uint32_t slot = 0;
    float before = 0;
    float after = 0;
  };

  [[nodiscard]] std::size_t size() const { return size_; }
  /// Adds a kernel that is not in the set. `ordinals` has one for each slot. The kernels whose gap
  /// changed are appended to `moved`: the neighbours, and the new kernel with a previous gap of -1.
  void Insert(Place place, std::span<const std::uint64_t> ordinals, std::vector<Moved>& moved);
  /// Removes a kernel that is in the set.
  void Erase(Place place, std::span<const std::uint64_t> ordinals, std::vector<Moved>& moved);

  /// Calls visit(slot, gap) for each kernel in order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (Cursor at{0, 0}; IsAt(at); at = Next(at)) {
      visit(At(at).slot, GapAt(at));
    }
  }

 private:
  static constexpr std::size_t kChunk = 512;
  struct Cursor {
    std::size_t chunk = 0;
    std::size_t index = 0;
  };

  [[nodiscard]] const Place& At(Cursor at) const { return chunks_[at.chunk][at.index]; }
  /// False after the last place and before the first.
  [[nodiscard]] bool IsAt(Cursor at) const { return at.chunk < chunks_.size(); }
  [[nodiscard]] Cursor Next(Cursor at) const;
  [[nodiscard]] Cursor Previous(Cursor at) const;
  /// The larger gap to a neighbour; for the only kernel, the larger distance to a bound.
  [[nodiscard]] float GapAt(Cursor at) const;
  /// The first place that does not come before `place`.
  [[nodiscard]] Cursor Find(Place place, std::span<const std::uint64_t> ordinals) const;
  /// Inserts before `at`, and returns the cursor of the new place.
  Cursor InsertAt(Cursor at, Place place);
  Cursor EraseAt(Cursor at);

  /// No chunk is empty or has more than kChunk places.
  std::vector<std::vector<Place>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace hone::algorithms
