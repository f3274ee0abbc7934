#include "algorithms/numerics/acquisition_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "algorithms/numerics/box_minimum.h"
#include "algorithms/numerics/unseen_points.h"
#include "proto/model/normal_distribution.h"

namespace hone::algorithms {
namespace {

/// Sizes of small changes of a good point, as shares of the range; one block of candidates for
/// each.
constexpr double kReaches[] = {0.2, 0.05, 0.01, 0.002};
/// Target for candidates times process points, since many of both would take too long.
constexpr double kWork = 50'000;
constexpr std::size_t kRandomMax = 384;
constexpr std::size_t kRandomMin = 128;
/// Maximum of the mean number of coordinates that one small change moves.
constexpr double kMovesMax = 20;
constexpr std::size_t kClimbs = 5;
constexpr int kClimbEvaluations = 24;
constexpr int kRounds = 2;
/// Maximum number of other values of a cell or category axis that one step tries.
constexpr std::size_t kOthersMax = 24;
constexpr std::size_t kRankedMax = 64;

class Search {
 public:
  explicit Search(const AcquisitionProblem& problem)
      : problem_(problem), random_(problem.seed, problem.stream) {
    SetRegion();
  }

  std::vector<RankedPoint> Run() {
    std::vector<std::size_t> starts = MakeCandidates();
    std::vector<RankedPoint> found;
    for (const std::size_t start : starts) {
      found.push_back(Climb(candidates_[start]));
    }
    found.insert(found.end(), candidates_.begin(), candidates_.end());
    std::stable_sort(found.begin(), found.end(), [](const RankedPoint& a, const RankedPoint& b) {
      return a.value > b.value;
    });
    found.erase(std::unique(found.begin(),
                            found.end(),
                            [](const RankedPoint& a, const RankedPoint& b) {
                              return IsSame(a.point, b.point);
                            }),
                found.end());
    found.resize(std::min(found.size(), kRankedMax));
    return found;
  }

 private:
  static bool IsSame(const Point& a, const Point& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
      return x == y || (std::isnan(x) && std::isnan(y));
    });
  }

  /// Fills candidates_ and returns the indices of the starting points for the climb: the best of
  /// each block.
  std::vector<std::size_t> MakeCandidates() {
    const double share = kWork / static_cast<double>(problem_.process.size() + 1);
    const auto random_points = std::clamp(static_cast<std::size_t>(share), kRandomMin, kRandomMax);
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < random_points; ++i) {
      candidates_.push_back({RandomCandidate(i), 0});
    }
    ends.push_back(candidates_.size());
    const std::size_t centres = IsLocal() ? 1 : problem_.incumbents.size();
    const std::size_t changed = centres == 0 ? 0 : random_points / 4;
    for (const double reach : kReaches) {
      for (std::size_t i = 0; i < changed; ++i) {
        candidates_.push_back({Change(problem_.incumbents[i % centres], reach)});
      }
      ends.push_back(candidates_.size());
    }
    Score(candidates_);
    return Starts(ends);
  }

  [[nodiscard]] std::vector<std::size_t> Starts(const std::vector<std::size_t>& ends) const {
    std::vector<std::size_t> starts;
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
      if (begin < end && starts.size() < kClimbs) {
        const auto best = std::max_element(
            candidates_.begin() + static_cast<std::ptrdiff_t>(begin),
            candidates_.begin() + static_cast<std::ptrdiff_t>(end),
            [](const RankedPoint& a, const RankedPoint& b) { return a.value < b.value; });
        starts.push_back(static_cast<std::size_t>(best - candidates_.begin()));
      }
      begin = end;
    }
    return starts;
  }

  [[nodiscard]] bool IsLocal() const { return problem_.region < 1 && !problem_.incumbents.empty(); }

  /// A box around the best point, whose sides are in proportion to the kernel's lengths (Eriksson,
  /// Pearce, Gardner, Turner, Poloczek 2019, section 2).
  void SetRegion() {
    lower_.setZero(static_cast<Eigen::Index>(problem_.axes.size()));
    upper_.setOnes(lower_.size());
    if (!IsLocal()) {
      return;
    }
    Eigen::ArrayXd lengths = problem_.process.parameters().weights.array().sqrt().inverse();
    double log_sum = 0;
    double numbers = 0;
    for (Eigen::Index i = 0; i < lengths.size(); ++i) {
      if (problem_.axes[static_cast<std::size_t>(i)].IsNumber()) {
        log_sum += std::log(lengths[i]);
        ++numbers;
      }
    }
    lengths *= problem_.region / 2 / std::exp(log_sum / std::max(numbers, 1.0));
    const std::vector<double> centre = ToModel(problem_.axes, problem_.incumbents.front());
    for (Eigen::Index i = 0; i < lengths.size(); ++i) {
      const double at = centre[static_cast<std::size_t>(i)];
      if (!std::isnan(at)) {
        lower_[i] = std::max(0.0, at - lengths[i]);
        upper_[i] = std::min(1.0, at + lengths[i]);
      }
    }
  }

  Point RandomCandidate(std::size_t i) {
    if (IsLocal()) {
      return Move(problem_.incumbents.front(), problem_.region, [this](std::size_t axis, double) {
        const auto row = static_cast<Eigen::Index>(axis);
        return std::lerp(lower_[row], upper_[row], random_.Uniform());
      });
    }
    return RandomPoint(
        problem_.space, MixBits(problem_.seed), problem_.stream, static_cast<std::uint32_t>(i));
  }

  /// A point near `point`.
  Point Change(const Point& point, double reach) {
    return Move(point, reach, [this, reach](std::size_t axis, double at) {
      const auto row = static_cast<Eigen::Index>(axis);
      const double step = reach * NormalQuantile(std::max(random_.Uniform(), 1e-12));
      return std::clamp(at + step, lower_[row], upper_[row]);
    });
  }

  /// A point equal to `point` in most coordinates. `next` returns the new value of a number;
  /// `share` is the probability of another category.
  template <class Next>
  Point Move(const Point& point, double share, const Next& next) {
    Point moved = point;
    const auto axes = static_cast<double>(problem_.axes.size());
    const double chance = std::min(1.0, kMovesMax / axes);
    for (std::size_t i = 0; i < moved.size(); ++i) {
      const Axis& axis = problem_.axes[i];
      if (std::isnan(moved[i])) {
        moved[i] = problem_.space.parameters()[i].Quantile(random_.Uniform());
      } else if (axis.kind() == Axis::Kind::kCategories) {
        const bool moves = random_.Uniform() < std::max(share, 1 / axes);
        const double other = std::floor(random_.Uniform() * static_cast<double>(axis.count()));
        moved[i] = moves ? other : moved[i];
      } else if (axis.kind() != Axis::Kind::kFixed && random_.Uniform() < chance) {
        moved[i] = axis.ToValue(next(i, axis.ToModel(moved[i])));
      }
    }
    return problem_.space.Mask(std::move(moved));
  }

  void Score(std::span<RankedPoint> points) const {
    Eigen::MatrixXd rows(static_cast<Eigen::Index>(points.size()),
                         static_cast<Eigen::Index>(problem_.axes.size()));
    for (std::size_t i = 0; i < points.size(); ++i) {
      const std::vector<double> model = ToModel(problem_.axes, points[i].point);
      rows.row(static_cast<Eigen::Index>(i)) =
          Eigen::Map<const Eigen::RowVectorXd>(model.data(), rows.cols());
    }
    const GaussianProcess::Prediction prediction = problem_.process.Predict(rows);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      points[i].value =
          Evaluate(
              problem_.acquisition, prediction.mean[row], prediction.variance[row], problem_.best)
              .value;
    }
  }

  /// The best point that a climb from `start` reaches.
  RankedPoint Climb(const RankedPoint& start) {
    RankedPoint best = start;
    for (int round = 0; round < kRounds; ++round) {
      RankedPoint next = ClimbValues(ClimbNumbers(best));
      if (!(next.value > best.value)) {
        break;
      }
      const bool is_done = next.value < best.value + 1e-3;
      best = std::move(next);
      if (is_done) {
        break;
      }
    }
    return best;
  }

  /// Along the gradient over the numbers that are active at `start`.
  RankedPoint ClimbNumbers(const RankedPoint& start) const {
    const std::vector<double> model = ToModel(problem_.axes, start.point);
    Eigen::VectorXd full =
        Eigen::Map<const Eigen::VectorXd>(model.data(), static_cast<Eigen::Index>(model.size()));
    std::vector<Eigen::Index> free;
    for (std::size_t i = 0; i < model.size(); ++i) {
      if (problem_.axes[i].kind() == Axis::Kind::kContinuous && !std::isnan(model[i])) {
        free.push_back(static_cast<Eigen::Index>(i));
      }
    }
    if (free.empty()) {
      return start;
    }
    BoxMinimumOptions options;
    options.lower = lower_(free);
    options.upper = upper_(free);
    options.evaluations_max = kClimbEvaluations;
    options.gradient_tolerance = 1e-3;
    options.value_tolerance = 1e-5;
    const BoxMinimum minimum = MinimiseInBox(
        [&](const Eigen::VectorXd& numbers, Eigen::VectorXd& gradient) {
          full(free) = numbers;
          const GaussianProcess::Slope slope = problem_.process.PredictSlope(full);
          const AcquisitionValue at =
              Evaluate(problem_.acquisition, slope.mean, slope.variance, problem_.best);
          gradient = -(at.over_mean * slope.mean_gradient(free) +
                       at.over_variance * slope.variance_gradient(free));
          return -at.value;
        },
        full(free),
        options);
    Point point = start.point;
    for (std::size_t i = 0; i < free.size(); ++i) {
      const auto axis = static_cast<std::size_t>(free[i]);
      point[axis] = problem_.axes[axis].ToValue(minimum.point[static_cast<Eigen::Index>(i)]);
    }
    RankedPoint reached{std::move(point), -minimum.value};
    return reached.value > start.value ? reached : start;
  }

  /// Cells and categories, one axis after another, each set to the best of its values.
  RankedPoint ClimbValues(RankedPoint best) {
    for (std::size_t i = 0; i < problem_.axes.size(); ++i) {
      const Axis& axis = problem_.axes[i];
      const bool has_values =
          axis.kind() == Axis::Kind::kCells || axis.kind() == Axis::Kind::kCategories;
      if (!has_values || std::isnan(best.point[i])) {
        continue;
      }
      std::vector<RankedPoint> others = OtherValues(best.point, i);
      Score(others);
      for (RankedPoint& other : others) {
        if (other.value > best.value) {
          best = std::move(other);
        }
      }
    }
    return best;
  }

  std::vector<RankedPoint> OtherValues(const Point& point, std::size_t axis) {
    const Axis& shape = problem_.axes[axis];
    const auto value_of = [&](std::size_t i) {
      return shape.kind() == Axis::Kind::kCategories
                 ? static_cast<double>(i)
                 : shape.ToValue((shape.Edge(i) + shape.Edge(i + 1)) / 2);
    };
    std::vector<RankedPoint> others;
    const std::size_t count = shape.count();
    const std::size_t own = shape.kind() == Axis::Kind::kCategories
                                ? static_cast<std::size_t>(point[axis])
                                : shape.CellAt(shape.ToModel(point[axis]));
    const bool tries_all = count <= kOthersMax;
    for (std::size_t k = 0; k < (tries_all ? count : kOthersMax); ++k) {
      const std::size_t other = tries_all ? k : Another(own, k, shape);
      if (other != own && other < count) {
        Point changed = point;
        changed[axis] = value_of(other);
        Complete(changed);
        others.push_back({std::move(changed), 0});
      }
    }
    return others;
  }

  /// Cells: the eight nearest ones, then a random one. Categories: a random one.
  std::size_t Another(std::size_t own, std::size_t k, const Axis& axis) {
    if (axis.kind() == Axis::Kind::kCells && k < 8) {
      const std::size_t distance = k / 2 + 1;
      return k % 2 == 0 ? own + distance : own - distance;
    }
    return static_cast<std::size_t>(random_.Uniform() * static_cast<double>(axis.count()));
  }

  /// Parameters that a change has activated get random values, deactivated ones lose theirs.
  void Complete(Point& point) {
    for (std::size_t i = 0; i < point.size(); ++i) {
      const bool is_active = problem_.space.IsActive(point, i);
      if (is_active && std::isnan(point[i])) {
        point[i] = problem_.space.parameters()[i].Quantile(random_.Uniform());
      } else if (!is_active) {
        point[i] = std::numeric_limits<double>::quiet_NaN();
      }
    }
  }

  const AcquisitionProblem& problem_;
  CounterRandom random_;
  /// Bounds of the coordinates that are searched.
  Eigen::VectorXd lower_;
  Eigen::VectorXd upper_;
  std::vector<RankedPoint> candidates_;
};

}  // namespace

std::vector<RankedPoint> SearchAcquisition(const AcquisitionProblem& problem) {
  return Search(problem).Run();
}

}  // namespace hone::algorithms
