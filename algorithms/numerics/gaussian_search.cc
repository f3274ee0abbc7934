#include "algorithms/numerics/gaussian_search.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "algorithms/numerics/value_scale.h"

namespace hone::algorithms {
namespace {

/// With more ended trials than this, the process uses a subset of them (the base).
constexpr std::size_t kBaseMax = 320;
/// Number of best trials in the base; size of the subset that parameters are fitted to, and the
/// number of best trials in it.
constexpr std::size_t kBestInBase = 160;
constexpr std::size_t kFitMax = 128;
constexpr std::size_t kBestInFit = 64;
/// Parameters are fitted after every trial up to here, then whenever the trials grow by a
/// twentieth, at most by 64.
constexpr std::size_t kFitEachUntil = 40;
constexpr std::size_t kFitStepMax = 64;
/// Maximum number of running trials that the process includes.
constexpr std::size_t kRunningMax = 64;
/// The predicted value of a running trial is treated as nearly exact, so that its point is not
/// proposed again just to average out noise.
constexpr double kRunningNoise = 1e-6;
constexpr std::size_t kIncumbents = 5;
/// With at least so many numbers, every second proposal is searched near the best point, in regions
/// of these sizes in turn: in many dimensions the whole range is too large to learn.
constexpr std::ptrdiff_t kManyNumbers = 10;
constexpr double kRegions[] = {0.4, 0.1, 0.025};
/// Maximum number of taken points in the ranking of one search, before random points are tried.
constexpr std::uint32_t kAttemptsMax = 64;

/// The largest size at which a fit is made that is <= `size`.
std::size_t FitSize(std::size_t size) {
  if (size <= kFitEachUntil) {
    return size;
  }
  std::size_t fit = kFitEachUntil;
  while (true) {
    const std::size_t next = fit + std::clamp<std::size_t>(fit / 20, 1, kFitStepMax);
    if (next > size) {
      return fit;
    }
    if (next - fit == kFitStepMax) {
      return next + (size - next) / kFitStepMax * kFitStepMax;
    }
    fit = next;
  }
}

double RegionOf(std::uint64_t ordinal) {
  return ordinal % 2 == 0 ? 1 : kRegions[ordinal / 2 % std::size(kRegions)];
}

/// `count` of the trials: the best, then the newest; returned in the order of their ordinals.
std::vector<std::uint64_t> Choose(std::vector<std::pair<double, std::uint64_t>> trials,
                                  std::size_t count,
                                  std::size_t best) {
  std::vector<std::uint64_t> chosen;
  if (trials.size() > count) {
    std::sort(trials.begin(), trials.end());
    const auto rest = trials.begin() + static_cast<std::ptrdiff_t>(best);
    std::nth_element(rest,
                     rest + static_cast<std::ptrdiff_t>(count - best),
                     trials.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    trials.resize(count);
  }
  for (const auto& [value, ordinal] : trials) {
    chosen.push_back(ordinal);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace

GaussianSearch::GaussianSearch(const Problem& problem, const GaussianOptions& options)
    : options_(options),
      seed_(problem.seed),
      unseen_(problem.space, problem.seed),
      startup_(problem.space, problem.seed),
      axes_(MakeAxes(problem.space)),
      kernel_(axes_),
      process_(kernel_),
      has_many_numbers_(std::count_if(axes_.begin(), axes_.end(), [](const Axis& axis) {
                          return axis.IsNumber();
                        }) >= kManyNumbers) {}

void GaussianSearch::Observe(std::span<const ObservedTrial> trials) {
  unseen_.Observe(trials);
  for (const ObservedTrial& trial : trials) {
    ObserveOne(trial);
  }
}

void GaussianSearch::ObserveOne(const ObservedTrial& trial) {
  if (trial.outcome == Outcome::kRunning) {
    running_.emplace(trial.ordinal, trial.point);
    return;
  }
  running_.erase(trial.ordinal);
  if (trial.ordinal < last_fitted_) {
    fitted_ = 0;
  }
  const bool has_value = !trial.objectives.empty() && !std::isnan(trial.objectives.front());
  const double value = has_value ? trial.objectives.front() : std::nan("");
  ended_.emplace(trial.ordinal, Known{trial.point, value});
  has_value_ = has_value_ || has_value;
}

Proposals GaussianSearch::Suggest(std::uint64_t first_ordinal, std::size_t count) {
  if (HasModel()) {
    UpdateProcess();
  }
  return unseen_.Propose(
      first_ordinal,
      count,
      kAttemptsMax,
      [this](std::uint64_t ordinal, std::uint32_t attempt) { return Draw(ordinal, attempt); },
      [this](std::uint64_t /*ordinal*/, const Point& point) {
        if (HasModel()) {
          AppendRunning(point);
        }
      });
}

Proposal GaussianSearch::Draw(std::uint64_t ordinal, std::uint32_t attempt) {
  if (!HasModel()) {
    return startup_.At(unseen_.space(), ordinal, attempt);
  }
  if (attempt == 0) {
    ranked_ = SearchAcquisition({.space = unseen_.space(),
                                 .axes = axes_,
                                 .process = process_,
                                 .acquisition = options_.acquisition,
                                 .best = best_,
                                 .incumbents = incumbents_,
                                 .region = has_many_numbers_ ? RegionOf(ordinal) : 1,
                                 .seed = seed_,
                                 .stream = ordinal});
    // An infinite space has corners too, so the search may return the point of a known trial there.
    std::erase_if(ranked_, [this](const RankedPoint& each) { return IsRow(each.point); });
  }
  if (attempt < ranked_.size()) {
    return {ranked_[attempt].point,
            0,
            {.origin = Provenance::Origin::kModel, .acquisition = ranked_[attempt].value}};
  }
  return {
      RandomPoint(unseen_.space(), seed_, ordinal, attempt), 0, {Provenance::Origin::kExplored}};
}

Eigen::VectorXd GaussianSearch::ModelOf(const Point& point) const {
  const std::vector<double> model = ToModel(axes_, point);
  return Eigen::Map<const Eigen::VectorXd>(model.data(), static_cast<Eigen::Index>(model.size()));
}

bool GaussianSearch::IsRow(const Point& point) const {
  const Eigen::VectorXd model = ModelOf(point);
  const auto rows = process_.points();
  for (Eigen::Index row = 0; row < rows.rows(); ++row) {
    const bool is_same =
        std::equal(model.begin(), model.end(), rows.row(row).begin(), [](double own, double other) {
          return own == other || (std::isnan(own) && std::isnan(other));
        });
    if (is_same) {
      return true;
    }
  }
  return false;
}

void GaussianSearch::AppendRunning(const Point& point) {
  process_.Append(ModelOf(point), kRunningNoise);
  best_ = std::min(best_, process_.Mean(ModelOf(point)));
}

std::size_t GaussianSearch::FittedCount() const {
  const std::size_t lag = std::min(running_.size(), ended_.size() - 1);
  return FitSize(std::max<std::size_t>(ended_.size() - lag, 1));
}

void GaussianSearch::UpdateBase() {
  const std::size_t count = FittedCount();
  if (count == fitted_) {
    return;
  }
  std::vector<std::pair<double, std::uint64_t>> trials;
  trials.reserve(count);
  auto trial = ended_.begin();
  for (std::size_t i = 0; i < count; ++i, ++trial) {
    trials.emplace_back(RankOf(trial->second), trial->first);
  }
  fitted_ = count;
  last_fitted_ = trials.back().second;
  base_ = Choose(std::move(trials), kBaseMax, kBestInBase);
  Fit();
}

void GaussianSearch::Fit() {
  std::vector<std::pair<double, std::uint64_t>> trials;
  for (const std::uint64_t ordinal : base_) {
    trials.emplace_back(RankOf(ended_.at(ordinal)), ordinal);
  }
  const std::vector<std::uint64_t> chosen = Choose(std::move(trials), kFitMax, kBestInFit);
  Eigen::MatrixXd points(static_cast<Eigen::Index>(chosen.size()), kernel_.axes());
  std::vector<double> values;
  for (const std::uint64_t ordinal : chosen) {
    const Known& known = ended_.at(ordinal);
    points.row(static_cast<Eigen::Index>(values.size())) = ModelOf(known.point);
    values.push_back(known.value);
  }
  process_.Reset(FitParameters(kernel_, points, ScaleValues(values)));
  rows_.clear();
}

/// The base and all trials that ended with later ordinals.
std::vector<std::uint64_t> GaussianSearch::EndedRows() const {
  std::vector<std::uint64_t> rows = base_;
  for (auto trial = ended_.upper_bound(last_fitted_); trial != ended_.end(); ++trial) {
    rows.push_back(trial->first);
  }
  return rows;
}

void GaussianSearch::UpdateProcess() {
  UpdateBase();
  std::vector<std::uint64_t> wanted = EndedRows();
  const auto same = std::mismatch(rows_.begin(), rows_.end(), wanted.begin(), wanted.end()).second;
  process_.Truncate(same - wanted.begin());
  for (auto ordinal = same; ordinal != wanted.end(); ++ordinal) {
    process_.Append(ModelOf(ended_.at(*ordinal).point), process_.parameters().noise);
  }
  rows_ = std::move(wanted);
  std::vector<double> values;
  for (const std::uint64_t ordinal : rows_) {
    values.push_back(ended_.at(ordinal).value);
  }
  process_.SetValues(ScaleValues(values));
  best_ = process_.MeanAtValues().minCoeff();
  incumbents_ = Incumbents();
  std::size_t running = 0;
  for (auto trial = running_.begin(); trial != running_.end() && running < kRunningMax; ++trial) {
    AppendRunning(trial->second);
    ++running;
  }
}

std::vector<Point> GaussianSearch::Incumbents() const {
  const Eigen::VectorXd means = process_.MeanAtValues();
  std::vector<std::size_t> order(static_cast<std::size_t>(means.size()));
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  const std::size_t count = std::min(kIncumbents, order.size());
  std::partial_sort(order.begin(),
                    order.begin() + static_cast<std::ptrdiff_t>(count),
                    order.end(),
                    [&](std::size_t a, std::size_t b) {
                      return std::pair(means[static_cast<Eigen::Index>(a)], a) <
                             std::pair(means[static_cast<Eigen::Index>(b)], b);
                    });
  std::vector<Point> points;
  for (std::size_t i = 0; i < count; ++i) {
    points.push_back(ended_.at(rows_[order[i]]).point);
  }
  return points;
}

}  // namespace hone::algorithms
