#include "algorithms/numerics/kernel_sum.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace hone::algorithms {
namespace {

using Kind = Axis::Kind;

constexpr std::size_t kLeafMax = KernelLeaf::kMax;
/// Tolerance for rounding errors in a bound.
constexpr float kSlack = 1e-3F;
/// A lower bound of the log of any cell's mass.
constexpr float kLeastOfCells = -70;

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
  const auto count = static_cast<double>(std::max<std::size_t>(tree.size(), 1));
  Terms terms{&tree, RankWeights(tree.size()), prior_weight, std::log(kTolerance / count), {}};
  for (const AxisKernels& axis : tree.axes()) {
    const bool has_categories = axis.axis().kind() == Kind::kCategories;
    terms.categories.push_back(has_categories ? axis.LogsOfCategories(prior_weight)
                                              : AxisKernels::CategoryLogs{});
  }
  return terms;
}

void KernelSum::Start(const Terms& terms, std::span<const double> point) {
  terms_ = &terms;
  places_.clear();
  open_.clear();
  coming_.clear();
  summed_ = 0;
  // Relative to scale_origin, as all logs here.
  double log_of_prior = -terms.tree->scale_origin();
  for (std::size_t i = 0; i < point.size(); ++i) {
    if (!std::isnan(point[i]) && terms.tree->axes()[i].axis().kind() != Kind::kFixed) {
      log_of_prior += AddPlace(static_cast<std::uint32_t>(i), point[i]);
    }
  }
  sum_ = LogSumExp(log_of_prior, terms.prior_weight);
  Measure();
  if (terms.tree->size() > 0) {
    open_.push_back({0, std::numeric_limits<float>::infinity()});
  }
}

double KernelSum::AddPlace(std::uint32_t axis, double coordinate) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const AxisKernels& kernels = terms_->tree->axes()[axis];
  const Axis& shape = kernels.axis();
  const auto x = static_cast<float>(coordinate);
  // Constructed in place: copying it would wait for the stores.
  Place& place = places_.emplace_back();
  place.axis = axis;
  place.low = x;
  place.high = x;
  place.least = -kInfinity;
  place.is_normal = shape.kind() == Kind::kContinuous;
  if (shape.kind() == Kind::kCells) {
    const std::size_t cell = shape.CellAt(coordinate);
    const AxisKernels::CellSpan& span = kernels.SpanOf(cell);
    place.low = span.low;
    place.high = span.high;
    place.least = kLeastOfCells;
    place.value = static_cast<std::uint32_t>(cell);
    return kernels.masses()[cell];
  }
  if (shape.kind() == Kind::kCategories) {
    place.top = terms_->categories[axis].same;
    place.least = terms_->categories[axis].other;
    place.value = static_cast<std::uint32_t>(coordinate);
  }
  return kernels.PriorLog(coordinate);
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
  // Leaves are far apart in memory: while one is summed, the next ones are prefetched. Later it is
  // better known which leaves matter, so a sum that may soon be over prefetches few. The prefetch
  // depth affects neither which leaves are summed nor their order.
  constexpr std::size_t kAheadMax = 4;
  Await(1 + std::min(summed_, kAheadMax));
  if (coming_.empty()) {
    return;
  }
  const Open next = coming_.front();
  coming_.erase(coming_.begin());
  const KernelTree& tree = *terms_->tree;
  if (coming_.size() > 1) {
    tree.LeafOf(tree.NodeAt(coming_[1].node)).Prefetch();
  }
  if (next.bound > cutoff_) {
    AddLeaf(next.node);
    ++summed_;
  }
}

void KernelSum::Await(std::size_t count) {
  while (coming_.size() < count && !open_.empty()) {
    const Open next = open_.back();
    open_.pop_back();
    if (next.bound <= cutoff_) {
      continue;
    }
    const KernelTree::Node& node = terms_->tree->NodeAt(next.node);
    if (node.leaf != KernelTree::kNone) {
      coming_.push_back(next);
    } else {
      Expand(node);
    }
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
      terms_->tree->Prefetch(terms_->tree->NodeAt(child.node));
      open_.push_back(child);
    }
  }
}

void KernelSum::Measure() {
  const double log = sum_.Log();
  log_ = log + terms_->tree->scale_origin();
  cutoff_ = static_cast<float>(log + terms_->log_of_share);
}

void KernelSum::AddLeaf(std::uint32_t node) {
  const KernelTree& tree = *terms_->tree;
  const KernelLeaf& leaf = tree.LeafOf(tree.NodeAt(node));
  constexpr std::size_t kLanes = LogSumExp::kLanes;
  const std::size_t filled = (leaf.size() + kLanes - 1) / kLanes * kLanes;
  std::array<float, kLeafMax> logs{};
  std::copy_n(leaf.Numbers(KernelLeaf::kScale), filled, logs.data());
  normals_.clear();
  for (const Place& place : places_) {
    if (place.is_normal) {
      const KernelTree::Streams& streams = tree.StreamsOf(place.axis);
      const bool are_equal = leaf.IsEquallyWide(streams.width);
      wide::NormalAxis& normal = normals_.emplace_back();
      normal.centers = leaf.Numbers(streams.center);
      normal.inverse_widths = are_equal ? nullptr : leaf.Widths(streams.width);
      normal.inverse_width = tree.BoundsOf(node)[place.axis].inverse_width;
      normal.at = place.low;
    }
    AddLogs(place, leaf, std::span(logs).first(filled));
  }
  wide::SubtractSquares(normals_, filled, logs.data());
  std::array<float, kLeafMax> weights{};
  terms_->weights.Weigh(leaf.Numbers(KernelLeaf::kRank), std::span(weights).first(filled));
  if (sum_.Add(std::span(logs).first(filled), weights, cutoff_)) {
    Measure();
  }
}

void KernelSum::AddLogs(const Place& place, const KernelLeaf& leaf, std::span<float> logs) const {
  const KernelTree::Streams& streams = terms_->tree->StreamsOf(place.axis);
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
  if (leaf.IsOfOneRow(streams.row)) {
    const float log = LogOf(place, rows[0]);
    for (float& sum : logs) {
      sum += log;
    }
    return;
  }
  const AxisKernels& kernels = terms_->tree->axes()[place.axis];
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

float KernelSum::LogOf(const Place& place, std::uint32_t row) const {
  const AxisKernels& kernels = terms_->tree->axes()[place.axis];
  if (kernels.axis().kind() == Kind::kCells) {
    return kernels.masses()[row * kernels.axis().count() + place.value];
  }
  const AxisKernels::CategoryLogs& category = terms_->categories[place.axis];
  const float log = row == kernels.NoCategory() ? category.none : category.other;
  return row == place.value ? category.same : log;
}

}  // namespace hone::algorithms
