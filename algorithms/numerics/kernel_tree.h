// KernelTree: product kernels ordered by position, so that a sum over them can skip those that are
// far away. A binary tree over the bits of the coordinates, the first bit of each axis before the
// second of any; where those end, over mixed bits of the ordinal. A node with at most
// KernelLeaf::kMax kernels is a leaf, every other is not: the tree and the bounds of its nodes are
// a function of the set of kernels, whatever was added or removed before. In a leaf kernels are in
// the order of their ordinals, stored as one array per number. One owner, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "algorithms/numerics/axis_kernels.h"
#include "algorithms/numerics/kernel_leaf.h"

namespace hone::algorithms {

class KernelTree {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  /// `axes` outlive the tree.
  explicit KernelTree(std::span<const AxisKernels> axes);

  /// The indices of an axis's values in a kernel; kNone for values it does not have.
  struct Streams {
    /// kContinuous.
    std::uint32_t center = kNone;
    std::uint32_t width = kNone;
    /// kContinuous, if a candidate may lack the axis: log of the factor that normalises the kernel.
    std::uint32_t scale = kNone;
    /// kCells: the row of masses. kCategories: the category.
    std::uint32_t row = kNone;
  };
  [[nodiscard]] const Streams& StreamsOf(std::size_t axis) const { return streams_[axis]; }
  [[nodiscard]] std::span<const AxisKernels> axes() const { return axes_; }
  /// The kernel of a trial without any axis.
  [[nodiscard]] const ProductKernel& NoKernel() const { return no_kernel_; }
  /// The scale of the narrowest kernel far from the bounds. Scales are stored relative to it,
  /// because most kernels have it and a float is more precise near zero.
  [[nodiscard]] double scale_origin() const { return scale_origin_; }

  [[nodiscard]] std::size_t size() const { return nodes_.front().count; }
  /// Adds a kernel whose slot is not in the tree. `point` has NaN for an axis that it lacks.
  void Insert(std::uint32_t slot,
              std::uint64_t ordinal,
              std::span<const float> point,
              const ProductKernel& kernel);
  void Erase(std::uint32_t slot);
  /// Adds `step` to the rank of every kernel from `rank` on.
  void ShiftRanks(std::size_t rank, float step);
  void SetWidth(std::uint32_t slot, std::size_t axis, float inverse_width);
  void SetRow(std::uint32_t slot, std::size_t axis, std::uint32_t row);
  struct Spot {
    std::uint32_t leaf = kNone;
    std::size_t index = 0;
  };
  /// The position of a kernel, valid until the next change.
  [[nodiscard]] Spot Find(std::uint32_t slot) const;
  [[nodiscard]] float WidthOf(Spot spot, std::size_t axis) const {
    return leaves_[spot.leaf].Widths(streams_[axis].width)[spot.index];
  }
  [[nodiscard]] std::uint32_t RowOf(Spot spot, std::size_t axis) const {
    return leaves_[spot.leaf].Rows(streams_[axis].row)[spot.index];
  }
  /// Updates scales and bounds. Must be called after a change before the functions below.
  void Refresh();

  struct Node {
    /// The index of the first of two adjacent children.
    std::uint32_t children = kNone;
    std::uint32_t leaf = kNone;
    std::uint32_t count = 0;
    bool is_stale = true;
  };
  /// Bounds of a node's kernels on an axis: centers or categories are from `low` to `high`; no
  /// kernel is wider or has a larger scale.
  struct Bound {
    float low = 0;
    float high = 0;
    float inverse_width = 0;
    float scale = 0;
  };
  [[nodiscard]] const Node& NodeAt(std::uint32_t node) const { return nodes_[node]; }
  [[nodiscard]] const KernelLeaf& LeafOf(const Node& node) const { return leaves_[node.leaf]; }
  /// Prefetches the memory of a node that a sum reads first: the bounds of its children, or the
  /// kernels of its leaf.
  void Prefetch(const Node& node) const;
  [[nodiscard]] float ScaleOf(std::uint32_t node) const { return scales_[node]; }
  [[nodiscard]] std::span<const Bound> BoundsOf(std::uint32_t node) const {
    return std::span(bounds_).subspan(node * axes_.size(), axes_.size());
  }

 private:
  /// The bits that determine a kernel's path in the tree.
  struct Key {
    std::uint64_t place = 0;
    std::uint64_t tail = 0;
    [[nodiscard]] std::uint32_t Bit(std::size_t depth) const;
  };
  /// The leading bits of a coordinate, as an integer.
  [[nodiscard]] std::uint32_t WholeOf(std::size_t axis, float coordinate) const;
  [[nodiscard]] Key KeyOf(std::uint64_t ordinal, std::span<const float> point) const;
  /// Like Find; marks every node on the path as stale.
  Spot Touch(std::uint32_t slot);
  /// Allocates two adjacent nodes; returns the index of the first.
  [[nodiscard]] std::uint32_t NewNodes();
  [[nodiscard]] std::uint32_t NewLeaf();
  void Split(std::uint32_t node, std::size_t depth);
  /// Merges a node and all nodes below it into one leaf.
  void Collapse(std::uint32_t node);
  /// Appends the leaves below a node to `leaves`, and frees all nodes below it.
  void Release(std::uint32_t node, std::vector<std::uint32_t>& leaves);
  void RefreshNode(std::uint32_t node);
  void ScaleKernel(KernelLeaf& leaf, std::size_t index) const;
  void BoundLeaf(std::uint32_t node);
  [[nodiscard]] Bound BoundOf(const KernelLeaf& leaf, std::size_t axis) const;
  /// The same for one kernel, whose axis varies.
  [[nodiscard]] Bound BoundOf(const KernelLeaf& leaf, std::size_t axis, std::size_t index) const;
  void BoundInner(std::uint32_t node);

  std::span<const AxisKernels> axes_;
  std::vector<Streams> streams_;
  ProductKernel no_kernel_;
  double scale_origin_ = 0;
  /// For each axis the number of leading bits of its coordinate.
  std::vector<std::uint32_t> bits_;
  std::vector<Key> keys_;
  /// The root is the first; every other node is adjacent to its sibling.
  std::vector<Node> nodes_;
  std::vector<float> scales_;
  std::vector<Bound> bounds_;
  std::vector<KernelLeaf> leaves_;
  /// The indices of the first of each pair of free nodes.
  std::vector<std::uint32_t> free_nodes_;
  std::vector<std::uint32_t> free_leaves_;
};

}  // namespace hone::algorithms
