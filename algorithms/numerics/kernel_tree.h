// KernelTree: product kernels, ordered by where they stand, so that a sum over them can leave out
// those that are far away. A binary tree over the bits of the coordinates, the first bit of each
// axis before the second of any; where those end, over mixed bits of the ordinal. A node with at
// most KernelLeaf::kMax kernels is a leaf, every other is not: the tree is a function of the set of
// kernels, whatever came and went before. So are the bounds of a node. In a leaf kernels stand in
// the order of their ordinals, each number of theirs side by side. One owner, one thread.
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

  /// Where the values of an axis stand in a kernel; kNone where it has none.
  struct Streams {
    /// kContinuous.
    std::uint32_t center = kNone;
    std::uint32_t width = kNone;
    /// kContinuous, where a candidate may be without the axis: log of what makes it integrate to 1.
    std::uint32_t scale = kNone;
    /// kCells: the row of masses. kCategories: the category.
    std::uint32_t row = kNone;
  };
  [[nodiscard]] const Streams& StreamsOf(std::size_t axis) const { return streams_[axis]; }
  [[nodiscard]] std::span<const AxisKernels> axes() const { return axes_; }
  /// The kernel of a trial without any axis.
  [[nodiscard]] const ProductKernel& NoKernel() const { return no_kernel_; }
  /// The scale of the narrowest kernel far from the bounds: most are so, and near zero a float has
  /// the more digits.
  [[nodiscard]] double scale_origin() const { return scale_origin_; }

  [[nodiscard]] std::size_t size() const { return nodes_.front().count; }
  /// Adds a kernel whose slot is not here. `point` has NaN for an axis that it is without.
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
  /// Where a kernel is until the next change.
  [[nodiscard]] Spot Find(std::uint32_t slot) const;
  [[nodiscard]] float WidthOf(Spot spot, std::size_t axis) const {
    return leaves_[spot.leaf].Widths(streams_[axis].width)[spot.index];
  }
  [[nodiscard]] std::uint32_t RowOf(Spot spot, std::size_t axis) const {
    return leaves_[spot.leaf].Rows(streams_[axis].row)[spot.index];
  }
  /// Brings scales and bounds up to date. Needed between a change and what is below.
  void Refresh();

  struct Node {
    /// The first of two that follow each other.
    std::uint32_t children = kNone;
    std::uint32_t leaf = kNone;
    std::uint32_t count = 0;
    bool is_stale = true;
  };
  /// What the kernels of a node have in common on an axis: centers or categories from `low` to
  /// `high`, no kernel wider or with a larger scale.
  struct Bound {
    float low = 0;
    float high = 0;
    float inverse_width = 0;
    float scale = 0;
  };
  [[nodiscard]] const Node& NodeAt(std::uint32_t node) const { return nodes_[node]; }
  [[nodiscard]] const KernelLeaf& LeafOf(const Node& node) const { return leaves_[node.leaf]; }
  /// Asks the machine for what a sum reads first of a node: the bounds of its children, or where
  /// the kernels of its leaf are.
  void Prefetch(const Node& node) const;
  [[nodiscard]] float ScaleOf(std::uint32_t node) const { return scales_[node]; }
  [[nodiscard]] std::span<const Bound> BoundsOf(std::uint32_t node) const {
    return std::span(bounds_).subspan(node * axes_.size(), axes_.size());
  }

 private:
  /// The bits that lead to a kernel.
  struct Key {
    std::uint64_t place = 0;
    std::uint64_t tail = 0;
    [[nodiscard]] std::uint32_t Bit(std::size_t depth) const;
  };
  /// A coordinate as one of the steps that its bits count.
  [[nodiscard]] std::uint32_t WholeOf(std::size_t axis, float coordinate) const;
  [[nodiscard]] Key KeyOf(std::uint64_t ordinal, std::span<const float> point) const;
  /// As Find, and all on the way there is stale.
  Spot Touch(std::uint32_t slot);
  /// Two nodes that follow each other; the first of them.
  [[nodiscard]] std::uint32_t NewNodes();
  [[nodiscard]] std::uint32_t NewLeaf();
  void Split(std::uint32_t node, std::size_t depth);
  /// Makes one leaf of a node and all below it.
  void Collapse(std::uint32_t node);
  /// The leaves below a node, and takes them and the nodes out of use.
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
  /// For each axis the bits of its coordinate that lead.
  std::vector<std::uint32_t> bits_;
  std::vector<Key> keys_;
  /// The root is the first; all others stand beside their brother.
  std::vector<Node> nodes_;
  std::vector<float> scales_;
  std::vector<Bound> bounds_;
  std::vector<KernelLeaf> leaves_;
  /// The first of two each.
  std::vector<std::uint32_t> free_nodes_;
  std::vector<std::uint32_t> free_leaves_;
};

}  // namespace hone::algorithms
