#include "algorithms/numerics/kernel_tree.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <utility>

#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/prefetch.h"

namespace hone::algorithms {
namespace {

using Kind = Axis::Kind;

/// Number of leading bits of a coordinate that the tree branches on: below 1 / 128 most kernels are
/// as wide as the cell.
constexpr std::uint32_t kBitsMax = 7;
constexpr std::size_t kPlaceBits = 64;

std::uint32_t BitsOf(const Axis& axis) {
  switch (axis.kind()) {
    case Kind::kFixed:
      return 0;
    case Kind::kContinuous:
      return kBitsMax;
    case Kind::kCells:
    case Kind::kCategories:
      break;
  }
  return std::min(kBitsMax, static_cast<std::uint32_t>(std::bit_width(axis.count() - 1)));
}

}  // namespace

KernelTree::KernelTree(std::span<const AxisKernels> axes)
    : axes_(axes), streams_(axes.size()), no_kernel_{{0, 0}, {}, {}} {
  const auto add = [](auto& values, auto value) {
    values.push_back(value);
    return static_cast<std::uint32_t>(values.size() - 1);
  };
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const Axis& axis = axes[i].axis();
    bits_.push_back(BitsOf(axis));
    if (axis.kind() == Kind::kContinuous) {
      streams_[i].center = add(no_kernel_.numbers, axes[i].prior().center);
      streams_[i].width = add(no_kernel_.widths, axes[i].prior().inverse_width);
      if (axis.parent()) {
        streams_[i].scale = add(no_kernel_.numbers, 0.0F);
      } else {
        scale_origin_ -= std::log(AxisKernels::Normal(0.5, AxisKernels::kLeastFloor).Scale());
      }
    } else if (axis.kind() == Kind::kCells) {
      streams_[i].row = add(no_kernel_.rows, AxisKernels::kPriorRow);
    } else if (axis.kind() == Kind::kCategories) {
      streams_[i].row = add(no_kernel_.rows, axes[i].NoCategory());
    }
  }
  // The root has no sibling.
  const std::uint32_t root = NewNodes();
  nodes_[root].leaf = NewLeaf();
}

std::uint32_t KernelTree::Key::Bit(std::size_t depth) const {
  const std::uint64_t bits = depth < kPlaceBits ? place : tail;
  return static_cast<std::uint32_t>((bits >> (kPlaceBits - 1 - depth % kPlaceBits)) & 1U);
}

std::uint32_t KernelTree::WholeOf(std::size_t axis, float coordinate) const {
  const float scale = axes_[axis].axis().IsNumber() ? static_cast<float>(1U << bits_[axis]) : 1;
  const float number = std::isnan(coordinate) ? 0 : coordinate * scale;
  return std::min(static_cast<std::uint32_t>(number), (1U << bits_[axis]) - 1);
}

KernelTree::Key KernelTree::KeyOf(std::uint64_t ordinal, std::span<const float> point) const {
  Key key{0, MixBits(ordinal)};
  std::size_t depth = 0;
  const auto add = [&](std::uint64_t bit) {
    if (depth < kPlaceBits) {
      key.place |= bit << (kPlaceBits - 1 - depth);
    }
    ++depth;
  };
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    if (axes_[i].axis().parent()) {
      add(std::isnan(point[i]) ? 0 : 1);
    }
  }
  for (std::uint32_t level = 0; level < kBitsMax && depth < kPlaceBits; ++level) {
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      if (level < bits_[i]) {
        add((WholeOf(i, point[i]) >> (bits_[i] - 1 - level)) & 1U);
      }
    }
  }
  return key;
}

std::uint32_t KernelTree::NewNodes() {
  if (!free_nodes_.empty()) {
    const std::uint32_t first = free_nodes_.back();
    free_nodes_.pop_back();
    nodes_[first] = {};
    nodes_[first + 1] = {};
    return first;
  }
  nodes_.resize(nodes_.size() + 2);
  scales_.resize(nodes_.size());
  bounds_.resize(nodes_.size() * axes_.size());
  return static_cast<std::uint32_t>(nodes_.size() - 2);
}

std::uint32_t KernelTree::NewLeaf() {
  if (free_leaves_.empty()) {
    free_leaves_.push_back(static_cast<std::uint32_t>(leaves_.size()));
    leaves_.emplace_back();
  }
  const std::uint32_t leaf = free_leaves_.back();
  free_leaves_.pop_back();
  leaves_[leaf].Clear(no_kernel_);
  return leaf;
}

KernelTree::Spot KernelTree::Find(std::uint32_t slot) const {
  const Key key = keys_[slot];
  std::uint32_t node = 0;
  for (std::size_t depth = 0; nodes_[node].leaf == kNone; ++depth) {
    node = nodes_[node].children + key.Bit(depth);
  }
  const std::uint32_t leaf = nodes_[node].leaf;
  return {leaf, leaves_[leaf].IndexOf(slot)};
}

KernelTree::Spot KernelTree::Touch(std::uint32_t slot) {
  const Key key = keys_[slot];
  std::uint32_t node = 0;
  nodes_[node].is_stale = true;
  for (std::size_t depth = 0; nodes_[node].leaf == kNone; ++depth) {
    node = nodes_[node].children + key.Bit(depth);
    nodes_[node].is_stale = true;
  }
  const Spot spot{nodes_[node].leaf, leaves_[nodes_[node].leaf].IndexOf(slot)};
  leaves_[spot.leaf].MakeStale(spot.index);
  return spot;
}

void KernelTree::Insert(std::uint32_t slot,
                        std::uint64_t ordinal,
                        std::span<const float> point,
                        const ProductKernel& kernel) {
  keys_.resize(std::max<std::size_t>(keys_.size(), slot + 1));
  keys_[slot] = KeyOf(ordinal, point);
  std::uint32_t node = 0;
  for (std::size_t depth = 0;; ++depth) {
    if (nodes_[node].count == KernelLeaf::kMax) {
      Split(node, depth);
    }
    ++nodes_[node].count;
    nodes_[node].is_stale = true;
    if (nodes_[node].leaf != kNone) {
      break;
    }
    node = nodes_[node].children + keys_[slot].Bit(depth);
  }
  leaves_[nodes_[node].leaf].Insert(slot, kernel);
}

void KernelTree::Split(std::uint32_t node, std::size_t depth) {
  const std::uint32_t old = std::exchange(nodes_[node].leaf, kNone);
  const std::uint32_t children = NewNodes();
  nodes_[node].children = children;
  for (const std::uint32_t child : {children, children + 1}) {
    nodes_[child].leaf = NewLeaf();
  }
  for (std::size_t i = 0; i < leaves_[old].size(); ++i) {
    Node& child = nodes_[children + keys_[leaves_[old].slot(i)].Bit(depth)];
    leaves_[child.leaf].Append(leaves_[old], i);
    ++child.count;
  }
  leaves_[old].Clear(no_kernel_);
  free_leaves_.push_back(old);
}

void KernelTree::Erase(std::uint32_t slot) {
  const Spot spot = Touch(slot);
  leaves_[spot.leaf].Erase(spot.index);
  const Key key = keys_[slot];
  std::uint32_t node = 0;
  for (std::size_t depth = 0;; ++depth) {
    --nodes_[node].count;
    if (nodes_[node].leaf != kNone) {
      return;
    }
    if (nodes_[node].count == KernelLeaf::kMax) {
      Collapse(node);
      return;
    }
    node = nodes_[node].children + key.Bit(depth);
  }
}

void KernelTree::Release(std::uint32_t node, std::vector<std::uint32_t>& leaves) {
  if (nodes_[node].leaf != kNone) {
    leaves.push_back(nodes_[node].leaf);
    return;
  }
  const std::uint32_t children = nodes_[node].children;
  Release(children, leaves);
  Release(children + 1, leaves);
  free_nodes_.push_back(children);
}

void KernelTree::Collapse(std::uint32_t node) {
  std::vector<std::uint32_t> below;
  Release(node, below);
  std::vector<std::pair<float, Spot>> kernels;
  for (const std::uint32_t leaf : below) {
    for (std::size_t i = 0; i < leaves_[leaf].size(); ++i) {
      kernels.push_back({leaves_[leaf].Numbers(KernelLeaf::kRank)[i], {leaf, i}});
    }
  }
  std::sort(kernels.begin(), kernels.end(), [](const auto& a, const auto& b) {
    return a.first < b.first;
  });
  const std::uint32_t leaf = NewLeaf();
  for (const auto& [rank, spot] : kernels) {
    leaves_[leaf].Append(leaves_[spot.leaf], spot.index);
  }
  for (const std::uint32_t old : below) {
    leaves_[old].Clear(no_kernel_);
  }
  free_leaves_.insert(free_leaves_.end(), below.begin(), below.end());
  nodes_[node].leaf = leaf;
}

void KernelTree::ShiftRanks(std::size_t rank, float step) {
  const auto first = static_cast<float>(rank);
  for (KernelLeaf& leaf : leaves_) {
    float* const ranks = leaf.Numbers(KernelLeaf::kRank);
    if (leaf.size() == 0 || ranks[leaf.size() - 1] < first) {
      continue;
    }
    for (std::size_t i = 0; i < leaf.size(); ++i) {
      ranks[i] += ranks[i] >= first ? step : 0;
    }
  }
}

void KernelTree::SetWidth(std::uint32_t slot, std::size_t axis, float inverse_width) {
  const Spot spot = Touch(slot);
  leaves_[spot.leaf].Widths(streams_[axis].width)[spot.index] = inverse_width;
}

void KernelTree::SetRow(std::uint32_t slot, std::size_t axis, std::uint32_t row) {
  const Spot spot = Touch(slot);
  leaves_[spot.leaf].Rows(streams_[axis].row)[spot.index] = row;
}

void KernelTree::Prefetch(const Node& node) const {
  if (node.leaf != kNone) {
    algorithms::Prefetch(&leaves_[node.leaf], 1);
    return;
  }
  algorithms::Prefetch(nodes_.data() + node.children, 2);
  algorithms::Prefetch(bounds_.data() + node.children * axes_.size(), 2 * axes_.size());
}

}  // namespace hone::algorithms
