// KernelLeaf: a few product kernels in the order of their ordinals, stored as one array per number
// (structure of arrays). The arrays that every sum reads are adjacent and compact, since a sum over
// many leaves is bound by memory. A value; one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hone::algorithms {

/// A product kernel: its numbers, rows and inverse widths, at indices that the owner assigns.
struct ProductKernel {
  std::vector<float> numbers;
  std::vector<std::uint32_t> rows;
  std::vector<float> widths;
};

class KernelLeaf {
 public:
  static constexpr std::size_t kMax = 64;
  /// Indices of the numbers that every kernel has: the log of the factor that normalises it over
  /// the axes that every point has, less KernelTree::scale_origin(); and the number of older
  /// kernels.
  static constexpr std::size_t kScale = 0;
  static constexpr std::size_t kRank = 1;

  /// Removes all kernels; the leaf then holds kernels with as many numbers as `like` has.
  void Clear(const ProductKernel& like);
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Number of kernels that memory is allocated for: whole lanes. The scale is LogSumExp::kNothing
  /// after the last kernel.
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::uint32_t slot(std::size_t index) const { return slots_[index]; }
  /// The index of a kernel that is in this leaf.
  [[nodiscard]] std::size_t IndexOf(std::uint32_t slot) const;

  /// Inserts a kernel by its rank. The leaf must not be full.
  void Insert(std::uint32_t slot, const ProductKernel& kernel);
  void Erase(std::size_t index);
  /// Appends a kernel of another leaf.
  void Append(const KernelLeaf& from, std::size_t index);

  [[nodiscard]] const float* Numbers(std::size_t stream) const {
    return numbers_.data() + stream * capacity_;
  }
  [[nodiscard]] float* Numbers(std::size_t stream) { return numbers_.data() + stream * capacity_; }
  [[nodiscard]] const std::uint32_t* Rows(std::size_t stream) const {
    return rows_.data() + stream * capacity_;
  }
  [[nodiscard]] std::uint32_t* Rows(std::size_t stream) {
    return rows_.data() + stream * capacity_;
  }
  [[nodiscard]] const float* Widths(std::size_t stream) const {
    return widths_.data() + stream * capacity_;
  }
  [[nodiscard]] float* Widths(std::size_t stream) { return widths_.data() + stream * capacity_; }

  /// True if the kernel's scale has to be computed again.
  [[nodiscard]] bool IsStale(std::size_t index) const { return ((stale_ >> index) & 1U) != 0; }
  void MakeStale(std::size_t index) { stale_ |= std::uint64_t{1} << index; }
  void MakeFresh() { stale_ = 0; }
  /// True if all widths of the stream, one of the first 64, are equal.
  [[nodiscard]] bool IsEquallyWide(std::size_t stream) const {
    return stream < 64 && ((equally_wide_ >> stream) & 1U) != 0;
  }
  /// The same for streams of rows.
  [[nodiscard]] bool IsOfOneRow(std::size_t stream) const {
    return stream < 64 && ((of_one_row_ >> stream) & 1U) != 0;
  }
  /// Computes both masks.
  void CompareStreams();
  /// Prefetches the arrays that a sum reads.
  void Prefetch() const;

 private:
  void Reserve(std::size_t count);

  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
  std::uint64_t stale_ = 0;
  std::uint64_t equally_wide_ = 0;
  std::uint64_t of_one_row_ = 0;
  std::vector<float> numbers_;
  std::vector<std::uint32_t> rows_;
  std::vector<float> widths_;
  std::array<std::uint32_t, kMax> slots_{};
};

}  // namespace hone::algorithms
