// KernelTree: computes scales and bounds from its kernels.
#include <algorithm>
#include <cmath>

#include "algorithms/numerics/kernel_tree.h"

namespace hone::algorithms {
namespace {

using Kind = Axis::Kind;

/// Log of the largest mass of a normal tail that stands for a cell, beside exp(-z^2 / 2): half of
/// the normal, over the least mass that a kernel has in [0, 1], which is 0.34.
constexpr float kTailScale = 0.4F;
/// The inverse width of a category: another category is at the maximum distance.
constexpr float kCategoryWidth = 1e3F;
/// Number of scales that are multiplied before their logarithm is taken.
constexpr std::size_t kFactorsMax = 32;

KernelTree::Bound Join(const KernelTree::Bound& a, const KernelTree::Bound& b) {
  return {std::min(a.low, b.low),
          std::max(a.high, b.high),
          std::min(a.inverse_width, b.inverse_width),
          std::max(a.scale, b.scale)};
}

}  // namespace

void KernelTree::Refresh() {
  RefreshNode(0);
}

void KernelTree::RefreshNode(std::uint32_t node) {
  if (!nodes_[node].is_stale) {
    return;
  }
  nodes_[node].is_stale = false;
  if (nodes_[node].leaf == kNone) {
    RefreshNode(nodes_[node].children);
    RefreshNode(nodes_[node].children + 1);
    BoundInner(node);
    return;
  }
  KernelLeaf& leaf = leaves_[nodes_[node].leaf];
  for (std::size_t i = 0; i < leaf.size(); ++i) {
    if (leaf.IsStale(i)) {
      ScaleKernel(leaf, i);
    }
  }
  leaf.MakeFresh();
  leaf.CompareStreams();
  BoundLeaf(node);
}

void KernelTree::ScaleKernel(KernelLeaf& leaf, std::size_t index) const {
  double log = -scale_origin_;
  double product = 1;
  std::size_t factors = 0;
  for (const Streams& streams : streams_) {
    if (streams.center == kNone) {
      continue;
    }
    const NormalKernel kernel{leaf.Numbers(streams.center)[index],
                              leaf.Widths(streams.width)[index]};
    const double scale = kernel.Scale();
    if (streams.scale != kNone) {
      leaf.Numbers(streams.scale)[index] = static_cast<float>(-std::log(scale));
      continue;
    }
    product *= scale;
    if (++factors % kFactorsMax == 0) {
      log -= std::log(product);
      product = 1;
    }
  }
  leaf.Numbers(KernelLeaf::kScale)[index] = static_cast<float>(log - std::log(product));
}

void KernelTree::BoundLeaf(std::uint32_t node) {
  const KernelLeaf& leaf = leaves_[nodes_[node].leaf];
  Bound* const bounds = bounds_.data() + node * axes_.size();
  const float* const scales = leaf.Numbers(KernelLeaf::kScale);
  scales_[node] = *std::max_element(scales, scales + leaf.capacity());
  for (std::size_t axis = 0; axis < axes_.size() && leaf.size() > 0; ++axis) {
    bounds[axis] = BoundOf(leaf, axis);
  }
}

KernelTree::Bound KernelTree::BoundOf(const KernelLeaf& leaf,
                                      std::size_t axis,
                                      std::size_t index) const {
  const Streams& streams = streams_[axis];
  const AxisKernels& kernels = axes_[axis];
  if (streams.center != kNone) {
    const float center = leaf.Numbers(streams.center)[index];
    const float scale = streams.scale == kNone ? 0 : leaf.Numbers(streams.scale)[index];
    return {center, center, leaf.Widths(streams.width)[index], scale};
  }
  const std::uint32_t row = leaf.Rows(streams.row)[index];
  if (kernels.axis().kind() == Kind::kCells) {
    const NormalKernel& kernel = kernels.KernelOf(row);
    return {kernel.center, kernel.center, kernel.inverse_width, kTailScale};
  }
  // A trial without the axis counts as near to every category.
  const auto category = static_cast<float>(row);
  return {row == kernels.NoCategory() ? 0 : category, category, kCategoryWidth, 0};
}

KernelTree::Bound KernelTree::BoundOf(const KernelLeaf& leaf, std::size_t axis) const {
  if (axes_[axis].axis().kind() == Kind::kFixed) {
    return {};
  }
  const Streams& streams = streams_[axis];
  if (streams.center != kNone && streams.scale == kNone) {
    const float* const centers = leaf.Numbers(streams.center);
    const float* const widths = leaf.Widths(streams.width);
    Bound bound{centers[0], centers[0], widths[0], 0};
    for (std::size_t i = 1; i < leaf.size(); ++i) {
      bound.low = std::min(bound.low, centers[i]);
      bound.high = std::max(bound.high, centers[i]);
      bound.inverse_width = std::min(bound.inverse_width, widths[i]);
    }
    return bound;
  }
  if (streams.row != kNone && leaf.IsOfOneRow(streams.row)) {
    return BoundOf(leaf, axis, 0);
  }
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  Bound bound{kInfinity, -kInfinity, kInfinity, -kInfinity};
  for (std::size_t i = 0; i < leaf.size(); ++i) {
    bound = Join(bound, BoundOf(leaf, axis, i));
  }
  return bound;
}

void KernelTree::BoundInner(std::uint32_t node) {
  const std::uint32_t first = nodes_[node].children;
  const std::uint32_t second = first + 1;
  scales_[node] = std::max(scales_[first], scales_[second]);
  Bound* const bounds = bounds_.data() + node * axes_.size();
  const bool has_first = nodes_[first].count > 0;
  const bool has_second = nodes_[second].count > 0;
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    const Bound& a = bounds_[first * axes_.size() + axis];
    const Bound& b = bounds_[second * axes_.size() + axis];
    bounds[axis] = has_first && has_second ? Join(a, b) : has_first ? a : b;
  }
}

}  // namespace hone::algorithms
