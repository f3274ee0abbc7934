#include "algorithms/numerics/kernel_sum.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace hone::algorithms {
namespace {

using Kind = Axis::Kind;

constexpr std::size_t kLeafMax = KernelLeaf::kMax;
/// What rounding may add to a bound.
constexpr float kSlack = 1e-3F;
/// Below every log of a cell's mass.
constexpr float kLeastOfCells = -70;

/// Less the origin of scales, as all logs here.
double PriorLog(const KernelTree& tree, std::span<const double> point) {
  double log = -tree.scale_origin();
  for (std::size_t i = 0; i < point.size(); ++i) {
    log += std::isnan(point[i]) ? 0 : tree.axes()[i].PriorLog(point[i]);
  }
  return log;
}

}  // namespace

RankWeights::RankWeights(std::size_t count) : count_(count) {
  if (count > kNewest) {
    const std::size_t older = count - kNewest;
    const double first = 1 / static_cast<double>(count);
    first_ = static_cast<float>(first);
    slope_ = older == 1 ? 1 : static_cast<float>((1 - first) / static_cast<double>(older - 1));
  }
}

double RankWeights::Sum() const {
  if (count_ <= kNewest) {
    return static_cast<double>(count_);
  }
  const auto older = static_cast<double>(count_ - kNewest);
  const double first = 1 / static_cast<double>(count_);
  return kNewest + (older == 1 ? first : older * (first + 1) / 2);
}

KernelSum::Terms KernelSum::MakeTerms(const KernelTree& tree, double prior_weight) {
  Terms terms{&tree, RankWeights(tree.size()), prior_weight, {}};
  for (const AxisKernels& axis : tree.axes()) {
    const bool has_categories = axis.axis().kind() == Kind::kCategories;
    terms.categories.push_back(has_categories ? axis.LogsOfCategories(prior_weight)
                                              : AxisKernels::CategoryLogs{});
  }
  return terms;
}

KernelSum::KernelSum(const Terms& terms, std::span<const double> point)
    : terms_(&terms), sum_(PriorLog(*terms.tree, point), terms.prior_weight) {
  places_.reserve(point.size());
  for (std::size_t i = 0; i < point.size(); ++i) {
    if (!std::isnan(point[i]) && terms.tree->axes()[i].axis().kind() != Kind::kFixed) {
      AddPlace(static_cast<std::uint32_t>(i), point[i]);
    }
  }
  Measure();
  if (terms.tree->size() > 0) {
    constexpr std::size_t kOpenUsual = 32;
    open_.reserve(kOpenUsual);
    open_.push_back({0, BoundOf(0)});
  }
}

void KernelSum::AddPlace(std::uint32_t axis, double coordinate) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const Axis& shape = terms_->tree->axes()[axis].axis();
  const auto x = static_cast<float>(coordinate);
  Place place{axis, x, x, 0, -kInfinity, 0, shape.kind() == Kind::kContinuous};
  if (shape.kind() == Kind::kCells) {
    const std::size_t cell = shape.CellAt(coordinate);
    place.low = std::nextafter(static_cast<float>(shape.Edge(cell)), -kInfinity);
    place.high = std::nextafter(static_cast<float>(shape.Edge(cell + 1)), kInfinity);
    place.least = kLeastOfCells;
    place.value = static_cast<std::uint32_t>(cell);
  } else if (shape.kind() == Kind::kCategories) {
    place.top = terms_->categories[axis].same;
    place.least = terms_->categories[axis].other;
    place.value = static_cast<std::uint32_t>(coordinate);
  }
  places_.push_back(place);
}

float KernelSum::BoundOf(std::uint32_t node) const {
  const std::span<const KernelTree::Bound> bounds = terms_->tree->BoundsOf(node);
  float sum = terms_->tree->ScaleOf(node) + kSlack;
  for (const Place& place : places_) {
    const KernelTree::Bound& bound = bounds[place.axis];
    const float distance = std::max(std::max(bound.low - place.high, place.low - bound.high), 0.0F);
    const float z = distance * bound.inverse_width;
    sum += std::max(place.top + bound.scale - 0.5F * z * z, place.least);
  }
  return sum;
}

void KernelSum::Advance() {
  while (!IsDone()) {
    const Open next = open_.back();
    open_.pop_back();
    if (next.bound <= cutoff_) {
      continue;
    }
    const KernelTree::Node& node = terms_->tree->NodeAt(next.node);
    if (node.leaf != KernelTree::kNone) {
      AddLeaf(next.node);
      return;
    }
    Expand(node);
  }
}

void KernelSum::Expand(const KernelTree::Node& node) {
  Open far{node.children, BoundOf(node.children)};
  Open near{node.children + 1, BoundOf(node.children + 1)};
  if (far.bound > near.bound) {
    std::swap(far, near);
  }
  for (const Open& child : {far, near}) {
    if (child.bound > cutoff_) {
      open_.push_back(child);
    }
  }
}

void KernelSum::Measure() {
  const double log = sum_.Log();
  log_ = log + terms_->tree->scale_origin();
  const auto count = static_cast<double>(std::max<std::size_t>(terms_->tree->size(), 1));
  cutoff_ = static_cast<float>(log + std::log(kTolerance / count));
}

void KernelSum::AddLeaf(std::uint32_t node) {
  const KernelLeaf& leaf = terms_->tree->LeafOf(terms_->tree->NodeAt(node));
  constexpr std::size_t kLanes = LogSumExp::kLanes;
  const std::size_t filled = (leaf.size() + kLanes - 1) / kLanes * kLanes;
  // Squares are summed first and halved at the end: near zero a float has the more digits.
  std::array<float, kLeafMax> squares{};
  std::array<float, kLeafMax> logs{};
  std::copy_n(leaf.Numbers(KernelLeaf::kScale), filled, logs.data());
  for (const Place& place : places_) {
    if (place.is_normal) {
      AddSquares(place, node, std::span(squares).first(filled));
    }
    AddLogs(place, leaf, std::span(logs).first(filled));
  }
  for (std::size_t i = 0; i < filled; ++i) {
    logs[i] -= 0.5F * squares[i];
  }
  std::array<float, kLeafMax> weights{};
  const float* const ranks = leaf.Numbers(KernelLeaf::kRank);
  for (std::size_t i = 0; i < filled; ++i) {
    weights[i] = terms_->weights.Of(ranks[i]);
  }
  if (sum_.Add(std::span(logs).first(filled), weights, cutoff_)) {
    Measure();
  }
}

void KernelSum::AddSquares(const Place& place, std::uint32_t node, std::span<float> squares) const {
  const KernelLeaf& leaf = terms_->tree->LeafOf(terms_->tree->NodeAt(node));
  const KernelTree::Streams& streams = terms_->tree->StreamsOf(place.axis);
  const float x = place.low;
  const float* const centers = leaf.Numbers(streams.center);
  const float* const inverse_widths = leaf.Widths(streams.width);
  if (leaf.IsEquallyWide(streams.width)) {
    // The same numbers, with half of them read.
    const float inverse_width = terms_->tree->BoundsOf(node)[place.axis].inverse_width;
    for (std::size_t i = 0; i < squares.size(); ++i) {
      const float z = (x - centers[i]) * inverse_width;
      squares[i] += z * z;
    }
    return;
  }
  for (std::size_t i = 0; i < squares.size(); ++i) {
    const float z = (x - centers[i]) * inverse_widths[i];
    squares[i] += z * z;
  }
}

void KernelSum::AddLogs(const Place& place, const KernelLeaf& leaf, std::span<float> logs) const {
  const KernelTree::Streams& streams = terms_->tree->StreamsOf(place.axis);
  const AxisKernels& kernels = terms_->tree->axes()[place.axis];
  if (streams.scale != KernelTree::kNone) {
    const float* const scales = leaf.Numbers(streams.scale);
    for (std::size_t i = 0; i < logs.size(); ++i) {
      logs[i] += scales[i];
    }
  }
  if (streams.row == KernelTree::kNone) {
    return;
  }
  const std::uint32_t* const rows = leaf.Rows(streams.row);
  if (kernels.axis().kind() == Kind::kCells) {
    const float* const masses = kernels.masses() + place.value;
    const std::size_t count = kernels.axis().count();
    for (std::size_t i = 0; i < leaf.size(); ++i) {
      logs[i] += masses[rows[i] * count];
    }
    return;
  }
  const AxisKernels::CategoryLogs& category = terms_->categories[place.axis];
  const std::uint32_t none = kernels.NoCategory();
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const float log = rows[i] == none ? category.none : category.other;
    logs[i] += rows[i] == place.value ? category.same : log;
  }
}

}  // namespace hone::algorithms
