#include <algorithm>
#include <bit>
#include <map>
#include <vector>

#include "algorithms/numerics/median.h"
#include "algorithms/rule_catalogue.h"

namespace hone::algorithms {
namespace {

constexpr SettingSchema kSettings[] = {
    {.name = "min_trials_required",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "3",
     .range = "an integer from 1 to 500",
     .summary = "trials that must have succeeded before one is stopped",
     .min = 1,
     .max = 500},
    {.name = "start_step",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "4",
     .range = "an integer >= 1",
     .summary = "the first step at which a trial may be stopped",
     .min = 1,
     .max = kCountMax},
};

/// Maximum number of trials that a median is computed over. 5 MB with a hundred steps, 45 MB with
/// millions.
constexpr std::uint64_t kTrialsRemembered = 1000;

/// Steps up to 63 are cells of their own; above, each power of two is divided into 32 cells. So a
/// curve of any length has at most 1,888 points, and no two steps of a cell differ by more than 3%.
std::uint32_t CellOf(std::int64_t step) {
  const auto position = static_cast<std::uint64_t>(std::max<std::int64_t>(step, 0));
  const auto shift =
      static_cast<std::uint32_t>(std::max(static_cast<int>(std::bit_width(position)), 6) - 6);
  return shift * 32 + static_cast<std::uint32_t>(position >> shift);
}

/// A trial's values so far.
class Curve {
 public:
  /// False if the report is late or a duplicate.
  bool Add(std::int64_t step, double value) {
    if (step <= last_step_) {
      return false;
    }
    last_step_ = step;
    best_ = std::min(best_, value);
    count_ += 1;
    // Each term is divided before it is added, so that no sum overflows; infinite values stay
    // infinite.
    mean_ = std::isinf(value) || std::isinf(mean_) ? std::numeric_limits<double>::infinity()
                                                   : mean_ + (value / count_ - mean_ / count_);
    const std::uint32_t cell = CellOf(step);
    if (means_.empty() || means_.back().cell != cell) {
      means_.push_back({cell, 0});
    }
    means_.back().mean = mean_;
    return true;
  }
  [[nodiscard]] double best() const { return best_; }
  /// The mean of the values up to a cell; nothing if there are none.
  [[nodiscard]] std::optional<double> MeanAt(std::uint32_t cell) const {
    const auto above =
        std::upper_bound(means_.begin(), means_.end(), cell, [](std::uint32_t c, const Point& p) {
          return c < p.cell;
        });
    return above == means_.begin() ? std::nullopt : std::optional(std::prev(above)->mean);
  }

 private:
  struct Point {
    std::uint32_t cell = 0;
    double mean = 0;
  };
  std::int64_t last_step_ = std::numeric_limits<std::int64_t>::min();
  double best_ = std::numeric_limits<double>::infinity();
  double count_ = 0;
  double mean_ = 0;
  /// By cell, the running mean after the cell's last value.
  std::vector<Point> means_;
};

// Golovin et al. 2017, the median stopping rule: a trial is stopped at step s if its best value up
// to s is worse than the median of the running means up to s of the trials that have completed.
class MedianStop final : public StoppingRule {
 public:
  explicit MedianStop(std::span<const Setting> settings)
      : min_trials_(
            static_cast<std::size_t>(*NumberOf(kSettings, settings, "min_trials_required"))),
        start_step_(static_cast<std::int64_t>(*NumberOf(kSettings, settings, "start_step"))) {}

  void Begin(std::uint64_t ordinal) override {
    running_[ordinal] = Curve();
    newest_ = std::max(newest_, ordinal);
    while (!completed_.empty() && IsOld(completed_.begin()->first)) {
      Remove(completed_.begin()->second);
      completed_.erase(completed_.begin());
    }
  }

  std::optional<Verdict> Observe(const Report& report) override {
    const auto found = running_.find(report.ordinal);
    if (found == running_.end() || !found->second.Add(report.step, OrWorst(report.value)) ||
        report.step < start_step_) {
      return std::nullopt;
    }
    const std::vector<double>& means = MeansAt(CellOf(report.step));
    const double best = found->second.best();
    if (means.size() < min_trials_ || best <= MedianOfSorted(means)) {
      return std::nullopt;
    }
    return Verdict{.step = report.step,
                   .value = best,
                   .bar = MedianOfSorted(means),
                   .reason =
                       "its best value is worse than the median of the running means of the "
                       "trials that have succeeded"};
  }

  void End(std::uint64_t ordinal, Outcome outcome) override {
    const auto found = running_.find(ordinal);
    if (found == running_.end()) {
      return;
    }
    if (outcome == Outcome::kComplete && !IsOld(ordinal)) {
      Insert(found->second);
      completed_[ordinal] = std::move(found->second);
    }
    running_.erase(found);
  }

 private:
  [[nodiscard]] bool IsOld(std::uint64_t ordinal) const {
    return ordinal + kTrialsRemembered <= newest_;
  }

  /// The sorted means of the completed trials up to a cell.
  const std::vector<double>& MeansAt(std::uint32_t cell) {
    const auto [place, is_new] = means_.try_emplace(cell);
    if (is_new) {
      for (const auto& [ordinal, curve] : completed_) {
        if (const std::optional<double> mean = curve.MeanAt(cell)) {
          place->second.push_back(*mean);
        }
      }
      std::sort(place->second.begin(), place->second.end());
    }
    return place->second;
  }

  void Insert(const Curve& curve) {
    for (auto& [cell, means] : means_) {
      if (const std::optional<double> mean = curve.MeanAt(cell)) {
        means.insert(std::upper_bound(means.begin(), means.end(), *mean), *mean);
      }
    }
  }

  void Remove(const Curve& curve) {
    for (auto& [cell, means] : means_) {
      if (const std::optional<double> mean = curve.MeanAt(cell)) {
        means.erase(std::lower_bound(means.begin(), means.end(), *mean));
      }
    }
  }

  std::size_t min_trials_;
  std::int64_t start_step_;
  std::uint64_t newest_ = 0;
  std::map<std::uint64_t, Curve> running_;
  std::map<std::uint64_t, Curve> completed_;
  /// Sorted means for the cells at which a trial was judged.
  std::map<std::uint32_t, std::vector<double>> means_;
};

}  // namespace

extern const Rule k_medianstop;
const Rule k_medianstop = {
    .name = "medianstop",
    .summary =
        "stops a trial whose best value is worse than the median of the completed trials' "
        "running means",
    .citation = "Golovin et al., Google Vizier: a service for black-box optimization, 2017",
    .settings = kSettings,
    .trials_remembered = kTrialsRemembered,
    .make = [](std::span<const Setting> settings) -> std::unique_ptr<StoppingRule> {
      return std::make_unique<MedianStop>(settings);
    },
};

}  // namespace hone::algorithms
