#include "algorithms/numerics/parzen_estimator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>
#include <utility>

#include "proto/core/result.h"

namespace hone::algorithms {
namespace {

using Kind = Axis::Kind;

/// The slot of the prior's kernel.
constexpr std::uint32_t kPrior = KernelTree::kNone;

}  // namespace

ParzenEstimator::ParzenEstimator(std::span<const Axis> axes, double prior_weight)
    : axes_(axes),
      prior_weight_(prior_weight),
      kernels_(axes.begin(), axes.end()),
      tree_(kernels_) {}

std::size_t ParzenEstimator::RankOf(std::uint64_t ordinal) const {
  const auto found = std::lower_bound(ordinals_.begin(), ordinals_.end(), ordinal);
  return static_cast<std::size_t>(found - ordinals_.begin());
}

bool ParzenEstimator::Contains(std::uint64_t ordinal) const {
  return std::binary_search(ordinals_.begin(), ordinals_.end(), ordinal);
}

std::span<const float> ParzenEstimator::PointAt(std::uint32_t slot) const {
  return std::span(points_).subspan(slot * axes_.size(), axes_.size());
}

std::vector<double> ParzenEstimator::PointOf(std::uint64_t ordinal) const {
  HONE_CHECK(Contains(ordinal));
  const std::span<const float> point = PointAt(slots_[RankOf(ordinal)]);
  return {point.begin(), point.end()};
}

std::uint32_t ParzenEstimator::NewSlot(std::uint64_t ordinal, std::span<const double> point) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(ordinal_of_.size()));
    ordinal_of_.push_back(0);
    points_.resize(points_.size() + axes_.size());
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  ordinal_of_[slot] = ordinal;
  std::transform(point.begin(),
                 point.end(),
                 points_.begin() + static_cast<std::ptrdiff_t>(slot * axes_.size()),
                 [](double coordinate) { return static_cast<float>(coordinate); });
  return slot;
}

void ParzenEstimator::Add(std::uint64_t ordinal, std::span<const double> point) {
  HONE_CHECK(ordinal > 0 && !Contains(ordinal) && point.size() == axes_.size());
  const std::size_t rank = RankOf(ordinal);
  if (rank < ordinals_.size()) {
    tree_.ShiftRanks(rank, 1);
  }
  const std::uint32_t slot = NewSlot(ordinal, point);
  ordinals_.insert(ordinals_.begin() + static_cast<std::ptrdiff_t>(rank), ordinal);
  slots_.insert(slots_.begin() + static_cast<std::ptrdiff_t>(rank), slot);
  ProductKernel kernel = tree_.NoKernel();
  kernel.numbers[KernelLeaf::kRank] = static_cast<float>(rank);
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    if (!std::isnan(point[axis])) {
      AddTo(axis, slot, kernel);
    }
  }
  tree_.Insert(slot, ordinal, PointAt(slot), kernel);
}

void ParzenEstimator::AddTo(std::size_t axis, std::uint32_t slot, ProductKernel& kernel) {
  AxisKernels& kernels = kernels_[axis];
  const KernelTree::Streams& at = tree_.StreamsOf(axis);
  const float center = PointAt(slot)[axis];
  ++kernels.trials;
  if (axes_[axis].kind() == Kind::kCategories) {
    kernel.rows[at.row] = static_cast<std::uint32_t>(center);
  }
  if (!kernels.axis().IsNumber()) {
    return;
  }
  moved_.clear();
  kernels.places.Insert({center, slot}, ordinal_of_, moved_);
  const double width = AxisKernels::Width(moved_.front().after, kernels.shaped_floor);
  if (at.row != KernelTree::kNone) {
    kernel.rows[at.row] = kernels.RowFor(center, width);
  } else {
    kernel.numbers[at.center] = center;
    kernel.widths[at.width] = AxisKernels::Normal(center, width).inverse_width;
  }
  Follow(axis, slot);
}

void ParzenEstimator::Follow(std::size_t axis, std::uint32_t except) {
  const double floor = kernels_[axis].shaped_floor;
  for (const SortedPlaces::Moved& moved : moved_) {
    const double width = AxisKernels::Width(moved.after, floor);
    if (moved.slot != except && width != AxisKernels::Width(moved.before, floor)) {
      Shape(axis, moved.slot, width);
    }
  }
}

void ParzenEstimator::Shape(std::size_t axis, std::uint32_t slot, double width) {
  const float center = PointAt(slot)[axis];
  if (axes_[axis].kind() == Kind::kCells) {
    tree_.SetRow(slot, axis, kernels_[axis].RowFor(center, width));
  } else {
    tree_.SetWidth(slot, axis, AxisKernels::Normal(center, width).inverse_width);
  }
}

void ParzenEstimator::Remove(std::uint64_t ordinal) {
  HONE_CHECK(Contains(ordinal));
  const std::size_t rank = RankOf(ordinal);
  const std::uint32_t slot = slots_[rank];
  tree_.Erase(slot);
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    const float center = PointAt(slot)[axis];
    if (std::isnan(center)) {
      continue;
    }
    --kernels_[axis].trials;
    if (kernels_[axis].axis().IsNumber()) {
      moved_.clear();
      kernels_[axis].places.Erase({center, slot}, ordinal_of_, moved_);
      Follow(axis, slot);
    }
  }
  ordinals_.erase(ordinals_.begin() + static_cast<std::ptrdiff_t>(rank));
  slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(rank));
  if (rank < ordinals_.size()) {
    tree_.ShiftRanks(rank, -1);
  }
  free_slots_.push_back(slot);
}

void ParzenEstimator::Refresh() {
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    if (kernels_[axis].axis().IsNumber() && kernels_[axis].Floor() != kernels_[axis].shaped_floor) {
      Reshape(axis);
    }
  }
  tree_.Refresh();
}

void ParzenEstimator::Reshape(std::size_t axis) {
  AxisKernels& kernels = kernels_[axis];
  const double before = std::exchange(kernels.shaped_floor, kernels.Floor());
  // Rows for former minimum widths are no longer used.
  constexpr std::size_t kRowsOfTrial = 4;
  const bool forgets = kernels.rows() > kRowsOfTrial * (kernels.trials + 2);
  if (forgets) {
    kernels.ForgetRows();
  }
  kernels.places.ForEach([&](std::uint32_t slot, float gap) {
    const double width = AxisKernels::Width(gap, kernels.shaped_floor);
    if (forgets || width != AxisKernels::Width(gap, before)) {
      Shape(axis, slot, width);
    }
  });
}

double ParzenEstimator::LogOfWeights() const {
  return std::log(prior_weight_ + RankWeights(ordinals_.size()).Sum());
}

std::vector<double> ParzenEstimator::LogDensity(std::span<const std::vector<double>> points) {
  Refresh();
  const KernelSum::Terms terms = KernelSum::MakeTerms(tree_, prior_weight_);
  const double log_of_weights = LogOfWeights();
  std::vector<double> logs;
  logs.reserve(points.size());
  sums_.resize(std::max<std::size_t>(sums_.size(), 1));
  KernelSum& sum = sums_.front();
  for (const std::vector<double>& point : points) {
    sum.Start(terms, point);
    while (!sum.IsDone()) {
      sum.Advance();
    }
    logs.push_back(sum.Log() - log_of_weights);
  }
  return logs;
}

ParzenEstimator::Choice ParzenEstimator::Rarest(std::span<const std::vector<double>> points,
                                                std::span<const double> logs) {
  HONE_CHECK(!points.empty() && points.size() == logs.size());
  Refresh();
  const KernelSum::Terms terms = KernelSum::MakeTerms(tree_, prior_weight_);
  sums_.resize(std::max(sums_.size(), points.size()));
  // An unfinished sum is a lower bound, so its ratio can only decrease: the first finished
  // candidate at the top is the largest. Of equal candidates the first wins.
  using Bound = std::pair<double, std::size_t>;
  const auto is_worse = [](const Bound& a, const Bound& b) {
    return a.first != b.first ? a.first < b.first : a.second > b.second;
  };
  std::priority_queue<Bound, std::vector<Bound>, decltype(is_worse)> bounds(is_worse);
  for (std::size_t i = 0; i < points.size(); ++i) {
    sums_[i].Start(terms, points[i]);
    bounds.push({logs[i] - sums_[i].Log(), i});
  }
  while (!sums_[bounds.top().second].IsDone()) {
    const std::size_t index = bounds.top().second;
    bounds.pop();
    Bound bound{};
    do {
      sums_[index].Advance();
      bound = {logs[index] - sums_[index].Log(), index};
    } while (!sums_[index].IsDone() && (bounds.empty() || is_worse(bounds.top(), bound)));
    bounds.push(bound);
  }
  const std::size_t chosen = bounds.top().second;
  return {chosen, sums_[chosen].Log() - LogOfWeights()};
}

std::vector<double> ParzenEstimator::Sample(CounterRandom& random) {
  Refresh();
  const RankWeights weights(ordinals_.size());
  double rest = random.Uniform() * (prior_weight_ + weights.Sum());
  std::size_t kernel = 0;
  while (kernel < ordinals_.size() && rest >= weights.Of(static_cast<float>(kernel))) {
    rest -= weights.Of(static_cast<float>(kernel));
    ++kernel;
  }
  const std::uint32_t slot = kernel < ordinals_.size() ? slots_[kernel] : kPrior;
  const KernelTree::Spot spot = slot == kPrior ? KernelTree::Spot{} : tree_.Find(slot);
  std::vector<double> point(axes_.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    if (IsActive(axes_, axis, point)) {
      point[axis] = SampleAxis(axis, slot, spot, random);
    }
  }
  return point;
}

double ParzenEstimator::SampleAxis(std::size_t axis,
                                   std::uint32_t slot,
                                   KernelTree::Spot spot,
                                   CounterRandom& random) const {
  const Axis& shape = axes_[axis];
  if (shape.kind() == Kind::kFixed) {
    return shape.ToModel(shape.ToValue(0));
  }
  const AxisKernels& kernels = kernels_[axis];
  const bool is_prior = slot == kPrior || std::isnan(PointAt(slot)[axis]);
  if (shape.kind() == Kind::kCategories) {
    const double uniform = random.Uniform();
    const auto count = static_cast<double>(shape.count());
    const double share = prior_weight_ / (static_cast<double>(kernels.trials) + 1);
    const double at = uniform * (is_prior ? count : 1 / share + count);
    if (at < count) {
      return std::floor(at);
    }
    return PointAt(slot)[axis];
  }
  NormalKernel kernel = kernels.prior();
  if (!is_prior && shape.kind() == Kind::kCells) {
    kernel = kernels.KernelOf(tree_.RowOf(spot, axis));
  } else if (!is_prior) {
    kernel = {PointAt(slot)[axis], tree_.WidthOf(spot, axis)};
  }
  return shape.Snap(kernel.Sample(random));
}

}  // namespace hone::algorithms
