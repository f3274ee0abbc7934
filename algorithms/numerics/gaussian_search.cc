#include "algorithms/numerics/gaussian_search.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "algorithms/numerics/value_scale.h"

namespace hone::algorithms {
namespace {

/// Of more trials than this a part stands for all.
constexpr std::size_t kBaseMax = 320;
/// The best of those, and of those that the parameters are fitted to.
constexpr std::size_t kBestInBase = 160;
constexpr std::size_t kFitMax = 128;
constexpr std::size_t kBestInFit = 64;
/// The fit follows every trial up to here, then every twentieth part, then every 64th.
constexpr std::size_t kFitEachUntil = 40;
constexpr std::size_t kFitStepMax = 64;
/// Running trials that the process is told of.
constexpr std::size_t kRunningMax = 64;
/// What a running trial will say is taken to be exact: nobody is sent to its place again in the
/// hope that noise has hidden something.
constexpr double kRunningNoise = 1e-6;
constexpr std::size_t kIncumbents = 5;

/// The largest of the sizes at which a fit is made that is <= `size`.
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

/// `count` of the trials: the best, then the newest; in the order of their ordinals.
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
      axes_(MakeAxes(problem.space)),
      kernel_(axes_),
      process_(kernel_) {
  if (problem.space.size() <= SobolSequence::kDimensionsMax) {
    startup_.emplace(problem.space.size(), problem.seed);
  }
}

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
  const bool has_value = !trial.objectives.empty() && !std::isnan(trial.objectives.front());
  const double value = has_value ? trial.objectives.front() : std::nan("");
  if (ended_.emplace(trial.ordinal, Known{trial.point, value}).second && has_value) {
    ++with_value_;
  }
}

Proposals GaussianSearch::Suggest(std::uint64_t first_ordinal, std::size_t count) {
  if (with_value_ >= std::max<std::size_t>(options_.startup_trials, 1)) {
    UpdateProcess();
  }
  ranked_.clear();
  return unseen_.Propose(
      first_ordinal,
      count,
      static_cast<std::uint32_t>(64),
      [this](std::uint64_t ordinal, std::uint32_t attempt) { return Draw(ordinal, attempt); },
      [this](std::uint64_t /*ordinal*/, const Point& point) {
        ranked_.clear();
        if (process_.size() > 0) {
          AppendRunning(point);
          best_ = std::min(best_, process_.Mean(ModelOf(point)));
        }
      });
}

Proposal GaussianSearch::Draw(std::uint64_t ordinal, std::uint32_t attempt) {
  if (with_value_ < std::max<std::size_t>(options_.startup_trials, 1)) {
    return {StartupPoint(ordinal, attempt), 0, {Provenance::Origin::kStartup}};
  }
  if (ranked_.empty()) {
    ranked_ = SearchAcquisition({.space = unseen_.space(),
                                 .axes = axes_,
                                 .process = process_,
                                 .acquisition = options_.acquisition,
                                 .best = best_,
                                 .incumbents = incumbents_,
                                 .seed = seed_,
                                 .stream = ordinal});
  }
  if (attempt < ranked_.size()) {
    return {ranked_[attempt].point,
            0,
            {.origin = Provenance::Origin::kModel, .acquisition = ranked_[attempt].value}};
  }
  return {
      RandomPoint(unseen_.space(), seed_, ordinal, attempt), 0, {Provenance::Origin::kExplored}};
}

Point GaussianSearch::StartupPoint(std::uint64_t ordinal, std::uint32_t attempt) const {
  if (attempt > 0 || !startup_) {
    return RandomPoint(unseen_.space(), seed_, ordinal, attempt);
  }
  return SobolPoint(unseen_.space(), *startup_, ordinal);
}

Eigen::VectorXd GaussianSearch::ModelOf(const Point& point) const {
  const std::vector<double> model = ToModel(axes_, point);
  return Eigen::Map<const Eigen::VectorXd>(model.data(), static_cast<Eigen::Index>(model.size()));
}

void GaussianSearch::AppendEnded(const Point& point) {
  process_.Append(ModelOf(point), process_.parameters().noise);
}

void GaussianSearch::AppendRunning(const Point& point) {
  process_.Append(ModelOf(point), kRunningNoise);
}

std::vector<std::uint64_t> GaussianSearch::ChooseBase() const {
  const std::size_t lag = std::min(running_.size(), ended_.size() - 1);
  const std::size_t size = FitSize(std::max<std::size_t>(ended_.size() - lag, 1));
  std::vector<std::pair<double, std::uint64_t>> trials;
  trials.reserve(size);
  auto trial = ended_.begin();
  for (std::size_t i = 0; i < size; ++i, ++trial) {
    const double value = trial->second.value;
    trials.emplace_back(std::isnan(value) ? HUGE_VAL : value, trial->first);
  }
  return Choose(std::move(trials), kBaseMax, kBestInBase);
}

void GaussianSearch::Fit(const std::vector<std::uint64_t>& base) {
  std::vector<std::pair<double, std::uint64_t>> trials;
  for (const std::uint64_t ordinal : base) {
    const double value = ended_.at(ordinal).value;
    trials.emplace_back(std::isnan(value) ? HUGE_VAL : value, ordinal);
  }
  const std::vector<std::uint64_t> chosen = Choose(std::move(trials), kFitMax, kBestInFit);
  Eigen::MatrixXd points(static_cast<Eigen::Index>(chosen.size()), kernel_.axes());
  std::vector<double> values;
  for (const std::uint64_t ordinal : chosen) {
    const Known& known = ended_.at(ordinal);
    points.row(static_cast<Eigen::Index>(values.size())) = ModelOf(known.point);
    values.push_back(known.value);
  }
  process_.Reset(FitParameters(kernel_, points, ScaleValues(values)),
                 Eigen::MatrixXd(0, kernel_.axes()));
  base_ = base;
  rows_.clear();
}

void GaussianSearch::UpdateProcess() {
  std::vector<std::uint64_t> wanted = ChooseBase();
  if (wanted != base_ || process_.size() == 0) {
    Fit(wanted);
  }
  // The trials behind the fit: all that ended later, as the base takes the first ones.
  const std::size_t lag = std::min(running_.size(), ended_.size() - 1);
  const std::size_t behind = ended_.size() - FitSize(std::max<std::size_t>(ended_.size() - lag, 1));
  for (auto trial = std::prev(ended_.end(), static_cast<std::ptrdiff_t>(behind));
       trial != ended_.end();
       ++trial) {
    wanted.push_back(trial->first);
  }
  const std::size_t with_values = wanted.size();
  for (const auto& [ordinal, point] : running_) {
    if (wanted.size() < with_values + kRunningMax) {
      wanted.push_back(ordinal);
    }
  }
  const auto same = static_cast<std::size_t>(
      std::mismatch(rows_.begin(), rows_.end(), wanted.begin(), wanted.end()).first -
      rows_.begin());
  process_.Truncate(static_cast<Eigen::Index>(same));
  for (std::size_t i = same; i < wanted.size(); ++i) {
    const auto known = ended_.find(wanted[i]);
    if (known != ended_.end()) {
      AppendEnded(known->second.point);
    } else {
      AppendRunning(running_.at(wanted[i]));
    }
  }
  std::vector<double> values;
  for (std::size_t i = 0; i < with_values; ++i) {
    values.push_back(ended_.at(wanted[i]).value);
  }
  process_.SetValues(ScaleValues(values));
  best_ = process_.MeanAtValues().minCoeff();
  for (std::size_t i = with_values; i < wanted.size(); ++i) {
    best_ = std::min(best_, process_.Mean(ModelOf(running_.at(wanted[i]))));
  }
  rows_ = std::move(wanted);
  incumbents_ = Incumbents();
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
