#include "algorithms/numerics/kernel_leaf.h"

#include <algorithm>

#include "algorithms/numerics/log_sum_exp.h"
#include "algorithms/numerics/prefetch.h"
#include "proto/core/result.h"

namespace hone::algorithms {
namespace {

constexpr std::size_t kLanes = LogSumExp::kLanes;
static_assert(KernelLeaf::kMax % kLanes == 0);

/// Calls work(first element) for each stream.
template <typename T, typename Work>
void ForStreams(std::vector<T>& values, std::size_t capacity, Work work) {
  for (std::size_t at = 0; at < values.size(); at += capacity) {
    work(values.data() + at);
  }
}

template <typename T>
void Widen(std::vector<T>& values, std::size_t from, std::size_t to) {
  const std::size_t streams = values.size() / from;
  std::vector<T> wider(streams * to);
  for (std::size_t i = 0; i < streams; ++i) {
    std::copy_n(values.data() + i * from, from, wider.data() + i * to);
  }
  values = std::move(wider);
}

template <typename T>
void Put(std::vector<T>& values,
         std::size_t capacity,
         std::size_t at,
         const std::vector<T>& kernel) {
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    values[i * capacity + at] = kernel[i];
  }
}

/// Bit mask of the streams, of the first 64, whose first `size` values are all equal.
template <typename T>
std::uint64_t EqualStreams(const std::vector<T>& values, std::size_t capacity, std::size_t size) {
  std::uint64_t bits = 0;
  const std::size_t streams = std::min<std::size_t>(values.size() / capacity, 64);
  for (std::size_t i = 0; i < streams; ++i) {
    const T* const stream = values.data() + i * capacity;
    const bool are_equal =
        std::all_of(stream, stream + size, [&](T value) { return value == stream[0]; });
    bits |= std::uint64_t{are_equal} << i;
  }
  return bits;
}

}  // namespace

void KernelLeaf::Clear(const ProductKernel& like) {
  size_ = 0;
  stale_ = 0;
  equally_wide_ = 0;
  of_one_row_ = 0;
  capacity_ = kLanes;
  numbers_.assign(like.numbers.size() * kLanes, 0);
  rows_.assign(like.rows.size() * kLanes, 0);
  widths_.assign(like.widths.size() * kLanes, 0);
  std::fill_n(Numbers(kScale), capacity_, LogSumExp::kNothing);
}

std::size_t KernelLeaf::IndexOf(std::uint32_t slot) const {
  const auto found = std::find(slots_.begin(), slots_.begin() + size_, slot);
  HONE_CHECK(found != slots_.begin() + size_);
  return static_cast<std::size_t>(found - slots_.begin());
}

void KernelLeaf::Reserve(std::size_t count) {
  HONE_CHECK(count <= kMax);
  if (count <= capacity_) {
    return;
  }
  const std::size_t wider = capacity_ + kLanes;
  Widen(numbers_, capacity_, wider);
  Widen(rows_, capacity_, wider);
  Widen(widths_, capacity_, wider);
  capacity_ = static_cast<std::uint32_t>(wider);
  std::fill(Numbers(kScale) + size_, Numbers(kScale) + capacity_, LogSumExp::kNothing);
}

void KernelLeaf::Insert(std::uint32_t slot, const ProductKernel& kernel) {
  Reserve(size_ + 1);
  const float* const ranks = Numbers(kRank);
  const auto index = static_cast<std::size_t>(
      std::lower_bound(ranks, ranks + size_, kernel.numbers[kRank]) - ranks);
  const auto open = [&](auto* first) {
    std::copy_backward(first + index, first + size_, first + size_ + 1);
  };
  ForStreams(numbers_, capacity_, open);
  ForStreams(rows_, capacity_, open);
  ForStreams(widths_, capacity_, open);
  open(slots_.data());
  const std::uint64_t below = (std::uint64_t{1} << index) - 1;
  stale_ = (stale_ & below) | ((stale_ & ~below) << 1U);
  MakeStale(index);
  ++size_;
  Put(numbers_, capacity_, index, kernel.numbers);
  Put(rows_, capacity_, index, kernel.rows);
  Put(widths_, capacity_, index, kernel.widths);
  slots_[index] = slot;
}

void KernelLeaf::Erase(std::size_t index) {
  const auto close = [&](auto* first) {
    std::copy(first + index + 1, first + size_, first + index);
  };
  ForStreams(numbers_, capacity_, close);
  ForStreams(rows_, capacity_, close);
  ForStreams(widths_, capacity_, close);
  close(slots_.data());
  const std::uint64_t below = (std::uint64_t{1} << index) - 1;
  stale_ = (stale_ & below) | ((stale_ >> 1U) & ~below);
  --size_;
  Numbers(kScale)[size_] = LogSumExp::kNothing;
}

void KernelLeaf::Append(const KernelLeaf& from, std::size_t index) {
  Reserve(size_ + 1);
  const auto copy = [&](auto& to, const auto& values) {
    for (std::size_t i = 0; i < to.size() / capacity_; ++i) {
      to[i * capacity_ + size_] = values[i * from.capacity_ + index];
    }
  };
  copy(numbers_, from.numbers_);
  copy(rows_, from.rows_);
  copy(widths_, from.widths_);
  slots_[size_] = from.slots_[index];
  if (from.IsStale(index)) {
    MakeStale(size_);
  }
  ++size_;
}

void KernelLeaf::CompareStreams() {
  equally_wide_ = EqualStreams(widths_, capacity_, size_);
  of_one_row_ = EqualStreams(rows_, capacity_, size_);
}

void KernelLeaf::Prefetch() const {
  algorithms::Prefetch(numbers_.data(), numbers_.size());
  for (std::size_t i = 0; i < rows_.size() / capacity_; ++i) {
    algorithms::Prefetch(Rows(i), IsOfOneRow(i) ? 1 : capacity_);
  }
  for (std::size_t i = 0; i < widths_.size() / capacity_; ++i) {
    algorithms::Prefetch(Widths(i), IsEquallyWide(i) ? 0 : capacity_);
  }
}

}  // namespace hone::algorithms
