#include "algorithms/numerics/kernel_tree.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <utility>

#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/log_sum_exp.h"
#include "proto/model/result.h"

namespace hone::algorithms {
namespace {

using Kind = Axis::Kind;

/// Bits of a coordinate that lead: below 1 / 128 most kernels are as wide as the cell.
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

template <typename T>
void Shift(std::vector<T>& streams, std::size_t from, std::size_t to, std::size_t count) {
  for (std::size_t first = 0; first < streams.size(); first += KernelTree::kLeafMax) {
    T* const begin = streams.data() + first;
    std::copy_backward(begin + from, begin + from + count, begin + to + count);
  }
}

template <typename T>
void ShiftDown(std::vector<T>& streams, std::size_t from, std::size_t to, std::size_t count) {
  for (std::size_t first = 0; first < streams.size(); first += KernelTree::kLeafMax) {
    T* const begin = streams.data() + first;
    std::copy(begin + from, begin + from + count, begin + to);
  }
}

template <typename T>
void CopyOne(std::vector<T>& to, std::size_t at, const std::vector<T>& from, std::size_t index) {
  for (std::size_t first = 0; first < to.size(); first += KernelTree::kLeafMax) {
    to[first + at] = from[first + index];
  }
}

}  // namespace

KernelTree::KernelTree(std::span<const AxisKernels> axes) : axes_(axes), streams_(axes.size()) {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const Axis& axis = axes[i].axis();
    bits_.push_back(BitsOf(axis));
    if (axis.kind() == Kind::kContinuous) {
      streams_[i].center = static_cast<std::uint32_t>(numbers_++);
      if (axis.parent()) {
        streams_[i].scale = static_cast<std::uint32_t>(numbers_++);
      } else {
        scale_origin_ -= std::log(AxisKernels::Normal(0.5, AxisKernels::kLeastFloor).Scale());
      }
    } else if (axis.kind() != Kind::kFixed) {
      streams_[i].row = static_cast<std::uint32_t>(rows_++);
    }
  }
  first_width_ = numbers_;
  for (Streams& streams : streams_) {
    if (streams.center != kNone) {
      // Often they are all the same and not read: then what is read stands together.
      streams.inverse_width = static_cast<std::uint32_t>(numbers_++);
    }
  }
  // The root has no brother.
  const std::uint32_t root = NewNodes();
  nodes_[root].leaf = NewLeaf();
}

KernelTree::Kernel KernelTree::EmptyKernel() const {
  Kernel kernel{std::vector<float>(numbers_), std::vector<std::uint32_t>(rows_)};
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const Streams& at = streams_[i];
    if (at.center != kNone) {
      kernel.numbers[at.center] = axes_[i].prior().center;
      kernel.numbers[at.inverse_width] = axes_[i].prior().inverse_width;
    } else if (at.row != kNone && axes_[i].axis().kind() == Kind::kCategories) {
      kernel.rows[at.row] = axes_[i].NoCategory();
    }
  }
  return kernel;
}

std::uint32_t KernelTree::Key::Bit(std::size_t depth) const {
  const std::uint64_t bits = depth < kPlaceBits ? place : tail;
  return static_cast<std::uint32_t>((bits >> (kPlaceBits - 1 - depth % kPlaceBits)) & 1U);
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
        const float scale = axes_[i].HasNumbers() ? static_cast<float>(1U << bits_[i]) : 1;
        const float number = std::isnan(point[i]) ? 0 : point[i] * scale;
        const auto whole = std::min(static_cast<std::uint32_t>(number), (1U << bits_[i]) - 1);
        add((whole >> (bits_[i] - 1 - level)) & 1U);
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
  std::uint32_t index = static_cast<std::uint32_t>(leaves_.size());
  if (free_leaves_.empty()) {
    leaves_.emplace_back();
    leaves_.back().numbers.resize(numbers_ * kLeafMax);
    leaves_.back().rows.resize(rows_ * kLeafMax);
  } else {
    index = free_leaves_.back();
    free_leaves_.pop_back();
  }
  Leaf& leaf = leaves_[index];
  leaf.count = 0;
  leaf.stale = 0;
  std::fill_n(leaf.numbers.begin() + kScale * kLeafMax, kLeafMax, LogSumExp::kNothing);
  return index;
}

KernelTree::Spot KernelTree::Find(std::uint32_t slot) const {
  const Key key = keys_[slot];
  std::uint32_t node = 0;
  for (std::size_t depth = 0; nodes_[node].leaf == kNone; ++depth) {
    node = nodes_[node].children + key.Bit(depth);
  }
  const Leaf& leaf = leaves_[nodes_[node].leaf];
  const auto end = leaf.slots.begin() + static_cast<std::ptrdiff_t>(leaf.count);
  const auto found = std::find(leaf.slots.begin(), end, slot);
  HONE_CHECK(found != end);
  return {nodes_[node].leaf, static_cast<std::size_t>(found - leaf.slots.begin())};
}

KernelTree::Spot KernelTree::Touch(std::uint32_t slot) {
  const Key key = keys_[slot];
  std::uint32_t node = 0;
  nodes_[node].is_stale = true;
  for (std::size_t depth = 0; nodes_[node].leaf == kNone; ++depth) {
    node = nodes_[node].children + key.Bit(depth);
    nodes_[node].is_stale = true;
  }
  const Spot spot = Find(slot);
  leaves_[spot.leaf].stale |= std::uint64_t{1} << spot.index;
  return spot;
}

void KernelTree::Insert(std::uint32_t slot,
                        std::uint64_t ordinal,
                        std::span<const float> point,
                        const Kernel& kernel) {
  keys_.resize(std::max<std::size_t>(keys_.size(), slot + 1));
  keys_[slot] = KeyOf(ordinal, point);
  std::uint32_t node = 0;
  for (std::size_t depth = 0;; ++depth) {
    if (nodes_[node].count == kLeafMax) {
      Split(node, depth);
    }
    ++nodes_[node].count;
    nodes_[node].is_stale = true;
    if (nodes_[node].leaf != kNone) {
      break;
    }
    node = nodes_[node].children + keys_[slot].Bit(depth);
  }
  Leaf& leaf = leaves_[nodes_[node].leaf];
  const auto ranks = leaf.numbers.begin() + kRank * kLeafMax;
  const auto place = std::lower_bound(
      ranks, ranks + static_cast<std::ptrdiff_t>(leaf.count), kernel.numbers[kRank]);
  const auto index = static_cast<std::size_t>(place - ranks);
  MakeRoom(leaf, index);
  leaf.slots[index] = slot;
  for (std::size_t i = 0; i < numbers_; ++i) {
    leaf.numbers[i * kLeafMax + index] = kernel.numbers[i];
  }
  for (std::size_t i = 0; i < rows_; ++i) {
    leaf.rows[i * kLeafMax + index] = kernel.rows[i];
  }
}

void KernelTree::MakeRoom(Leaf& leaf, std::size_t index) const {
  const std::size_t count = leaf.count - index;
  Shift(leaf.numbers, index, index + 1, count);
  Shift(leaf.rows, index, index + 1, count);
  std::copy_backward(leaf.slots.begin() + static_cast<std::ptrdiff_t>(index),
                     leaf.slots.begin() + static_cast<std::ptrdiff_t>(leaf.count),
                     leaf.slots.begin() + static_cast<std::ptrdiff_t>(leaf.count + 1));
  const std::uint64_t below = (std::uint64_t{1} << index) - 1;
  leaf.stale = (leaf.stale & below) | ((leaf.stale & ~below) << 1U) | (std::uint64_t{1} << index);
  ++leaf.count;
}

void KernelTree::Close(Leaf& leaf, std::size_t index) const {
  const std::size_t count = leaf.count - index - 1;
  ShiftDown(leaf.numbers, index + 1, index, count);
  ShiftDown(leaf.rows, index + 1, index, count);
  std::copy_n(leaf.slots.begin() + static_cast<std::ptrdiff_t>(index + 1),
              count,
              leaf.slots.begin() + static_cast<std::ptrdiff_t>(index));
  const std::uint64_t below = (std::uint64_t{1} << index) - 1;
  leaf.stale = (leaf.stale & below) | ((leaf.stale >> 1U) & ~below);
  --leaf.count;
  leaf.numbers[kScale * kLeafMax + leaf.count] = LogSumExp::kNothing;
}

void KernelTree::Append(Leaf& to, const Leaf& from, std::size_t index) const {
  CopyOne(to.numbers, to.count, from.numbers, index);
  CopyOne(to.rows, to.count, from.rows, index);
  to.slots[to.count] = from.slots[index];
  to.stale |= ((from.stale >> index) & 1U) << to.count;
  ++to.count;
}

void KernelTree::Split(std::uint32_t node, std::size_t depth) {
  const std::uint32_t old = std::exchange(nodes_[node].leaf, kNone);
  const std::uint32_t children = NewNodes();
  nodes_[node].children = children;
  for (const std::uint32_t child : {children, children + 1}) {
    nodes_[child].leaf = NewLeaf();
  }
  for (std::size_t i = 0; i < leaves_[old].count; ++i) {
    Node& child = nodes_[children + keys_[leaves_[old].slots[i]].Bit(depth)];
    Append(leaves_[child.leaf], leaves_[old], i);
    ++child.count;
  }
  leaves_[old].count = 0;
  free_leaves_.push_back(old);
}

void KernelTree::Erase(std::uint32_t slot) {
  const Spot spot = Touch(slot);
  Close(leaves_[spot.leaf], spot.index);
  const Key key = keys_[slot];
  std::uint32_t node = 0;
  for (std::size_t depth = 0;; ++depth) {
    --nodes_[node].count;
    if (nodes_[node].leaf != kNone) {
      return;
    }
    if (nodes_[node].count == kLeafMax) {
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
    for (std::size_t i = 0; i < leaves_[leaf].count; ++i) {
      kernels.push_back({leaves_[leaf].numbers[kRank * kLeafMax + i], {leaf, i}});
    }
  }
  std::sort(kernels.begin(), kernels.end(), [](const auto& a, const auto& b) {
    return a.first < b.first;
  });
  const std::uint32_t leaf = NewLeaf();
  for (const auto& [rank, spot] : kernels) {
    Append(leaves_[leaf], leaves_[spot.leaf], spot.index);
  }
  for (const std::uint32_t old : below) {
    leaves_[old].count = 0;
  }
  free_leaves_.insert(free_leaves_.end(), below.begin(), below.end());
  nodes_[node].leaf = leaf;
}

void KernelTree::ShiftRanks(std::size_t rank, float step) {
  const auto first = static_cast<float>(rank);
  for (Leaf& leaf : leaves_) {
    float* const ranks = leaf.numbers.data() + kRank * kLeafMax;
    if (leaf.count == 0 || ranks[leaf.count - 1] < first) {
      continue;
    }
    for (std::size_t i = 0; i < kLeafMax; ++i) {
      ranks[i] += ranks[i] >= first ? step : 0;
    }
  }
}

void KernelTree::SetWidth(std::uint32_t slot, std::size_t axis, float inverse_width) {
  const Spot spot = Touch(slot);
  leaves_[spot.leaf].numbers[streams_[axis].inverse_width * kLeafMax + spot.index] = inverse_width;
}

void KernelTree::SetRow(std::uint32_t slot, std::size_t axis, std::uint32_t row) {
  const Spot spot = Touch(slot);
  leaves_[spot.leaf].rows[streams_[axis].row * kLeafMax + spot.index] = row;
}

void KernelTree::Fetch(const Node& node) const {
  constexpr std::size_t kLine = 64;
  const auto fetch = [&](const void* first, std::size_t bytes) {
    for (std::size_t at = 0; at < bytes; at += kLine) {
      __builtin_prefetch(static_cast<const char*>(first) + at);
    }
  };
  const Leaf& leaf = leaves_[node.leaf];
  // Inverse widths, which come last, are mostly not read.
  for (std::size_t stream = 0; stream < first_width_; ++stream) {
    fetch(leaf.numbers.data() + stream * kLeafMax, node.count * sizeof(float));
  }
  for (std::size_t stream = 0; stream < rows_; ++stream) {
    fetch(leaf.rows.data() + stream * kLeafMax, node.count * sizeof(std::uint32_t));
  }
}

float KernelTree::NumberOf(std::uint32_t slot, std::size_t stream) const {
  const Spot spot = Find(slot);
  return leaves_[spot.leaf].numbers[stream * kLeafMax + spot.index];
}

std::uint32_t KernelTree::RowOf(std::uint32_t slot, std::size_t stream) const {
  const Spot spot = Find(slot);
  return leaves_[spot.leaf].rows[stream * kLeafMax + spot.index];
}

}  // namespace hone::algorithms
