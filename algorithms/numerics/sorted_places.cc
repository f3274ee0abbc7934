#include "algorithms/numerics/sorted_places.h"

#include <algorithm>
#include <limits>

namespace hone::algorithms {
namespace {

/// The chunk of a cursor that points to no place.
constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

}  // namespace

SortedPlaces::Cursor SortedPlaces::Next(Cursor at) const {
  return at.index + 1 < chunks_[at.chunk].size() ? Cursor{at.chunk, at.index + 1}
                                                 : Cursor{at.chunk + 1, 0};
}

SortedPlaces::Cursor SortedPlaces::Previous(Cursor at) const {
  if (at.index > 0) {
    return {at.chunk, at.index - 1};
  }
  return at.chunk == 0 ? Cursor{kNowhere, 0}
                       : Cursor{at.chunk - 1, chunks_[at.chunk - 1].size() - 1};
}

float SortedPlaces::GapAt(Cursor at) const {
  const float center = At(at).center;
  float gap = size_ == 1 ? std::max(center, 1 - center) : 0;
  if (const Cursor before = Previous(at); IsAt(before)) {
    gap = std::max(gap, center - At(before).center);
  }
  if (const Cursor after = Next(at); IsAt(after)) {
    gap = std::max(gap, At(after).center - center);
  }
  return gap;
}

SortedPlaces::Cursor SortedPlaces::Find(Place place,
                                        std::span<const std::uint64_t> ordinals) const {
  const auto is_before = [&](const Place& a, const Place& b) {
    return a.center != b.center ? a.center < b.center : ordinals[a.slot] < ordinals[b.slot];
  };
  const auto chunk = std::lower_bound(
      chunks_.begin(), chunks_.end(), place, [&](const auto& places, Place wanted) {
        return is_before(places.back(), wanted);
      });
  if (chunk == chunks_.end()) {
    return {chunks_.size(), 0};
  }
  const auto found = std::lower_bound(chunk->begin(), chunk->end(), place, is_before);
  return {static_cast<std::size_t>(chunk - chunks_.begin()),
          static_cast<std::size_t>(found - chunk->begin())};
}

void SortedPlaces::Insert(Place place,
                          std::span<const std::uint64_t> ordinals,
                          std::vector<Moved>& moved) {
  const Cursor after = Find(place, ordinals);
  const Cursor before = Previous(after);
  const float gap_before = IsAt(before) ? GapAt(before) : 0;
  const float gap_after = IsAt(after) ? GapAt(after) : 0;
  const Cursor here = InsertAt(after, place);
  moved.push_back({place.slot, -1, GapAt(here)});
  if (const Cursor at = Previous(here); IsAt(at)) {
    moved.push_back({At(at).slot, gap_before, GapAt(at)});
  }
  if (const Cursor at = Next(here); IsAt(at)) {
    moved.push_back({At(at).slot, gap_after, GapAt(at)});
  }
}

void SortedPlaces::Erase(Place place,
                         std::span<const std::uint64_t> ordinals,
                         std::vector<Moved>& moved) {
  const Cursor here = Find(place, ordinals);
  const Cursor before = Previous(here);
  const Cursor after = Next(here);
  const float gap_before = IsAt(before) ? GapAt(before) : 0;
  const float gap_after = IsAt(after) ? GapAt(after) : 0;
  const Cursor next = EraseAt(here);
  if (IsAt(next)) {
    moved.push_back({At(next).slot, gap_after, GapAt(next)});
  }
  if (const Cursor at = Previous(next); IsAt(at)) {
    moved.push_back({At(at).slot, gap_before, GapAt(at)});
  }
}

SortedPlaces::Cursor SortedPlaces::InsertAt(Cursor at, Place place) {
  ++size_;
  if (!IsAt(at)) {
    // After all other places.
    if (chunks_.empty()) {
      chunks_.emplace_back();
    }
    at = {chunks_.size() - 1, chunks_.back().size()};
  }
  if (chunks_[at.chunk].size() == kChunk) {
    constexpr std::size_t kHalf = kChunk / 2;
    const auto half = chunks_[at.chunk].begin() + kHalf;
    std::vector<Place> upper(half, chunks_[at.chunk].end());
    chunks_[at.chunk].erase(half, chunks_[at.chunk].end());
    chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(at.chunk) + 1, std::move(upper));
    at = at.index <= kHalf ? at : Cursor{at.chunk + 1, at.index - kHalf};
  }
  std::vector<Place>& chunk = chunks_[at.chunk];
  chunk.insert(chunk.begin() + static_cast<std::ptrdiff_t>(at.index), place);
  return at;
}

SortedPlaces::Cursor SortedPlaces::EraseAt(Cursor at) {
  --size_;
  std::vector<Place>& chunk = chunks_[at.chunk];
  chunk.erase(chunk.begin() + static_cast<std::ptrdiff_t>(at.index));
  if (chunk.empty()) {
    chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(at.chunk));
    return {at.chunk, 0};
  }
  return at.index < chunk.size() ? at : Cursor{at.chunk + 1, 0};
}

}  // namespace hone::algorithms
