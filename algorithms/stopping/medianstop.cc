#include <algorithm>
#include <bit>
#include <map>
#include <unordered_map>
#include <vector>

#include "algorithms/rule_catalogue.h"

namespace hone::algorithms {
namespace {

constexpr SettingSchema kSettings[] = {
    {.name = "min_trials_required",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "3",
     .range = "an integer >= 1",
     .summary = "trials that must have succeeded before one is stopped",
     .min = 1,
     .max = 1000},
    {.name = "start_step",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "4",
     .range = "an integer >= 1",
     .summary = "the first step at which a trial may be stopped",
     .min = 1,
     .max = kCountMax},
};

/// What a median is taken of at most: a few microseconds.
constexpr std::uint64_t kTrialsRemembered = 1000;
/// Medians that are kept until the next trial succeeds.
constexpr std::size_t kBarsMax = 4096;

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
  /// False if the report is late or a repetition.
  bool Add(std::int64_t step, double value) {
    if (step <= last_step_) {
      return false;
    }
    last_step_ = step;
    best_ = std::min(best_, value);
    count_ += 1;
    // Divided one by one, so that no sum overflows; what is infinite stays so.
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
  /// Of each cell, the mean after its last value.
  std::vector<Point> means_;
};

/// `values` is not empty; it is put into another order.
double MedianOf(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) {
    return *middle;
  }
  return *std::max_element(values.begin(), middle) / 2 + *middle / 2;
}

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
      completed_.erase(completed_.begin());
      bars_.clear();
    }
  }

  std::optional<Verdict> Observe(const Report& report) override {
    const auto found = running_.find(report.ordinal);
    if (found == running_.end() || !found->second.Add(report.step, OrWorst(report.value)) ||
        report.step < start_step_) {
      return std::nullopt;
    }
    const Bar bar = BarAt(CellOf(report.step));
    const double best = found->second.best();
    if (bar.trials < min_trials_ || best <= bar.median) {
      return std::nullopt;
    }
    return Verdict{.step = report.step,
                   .value = best,
                   .bar = bar.median,
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
      completed_[ordinal] = std::move(found->second);
      bars_.clear();
    }
    running_.erase(found);
  }

 private:
  struct Bar {
    std::size_t trials = 0;
    double median = 0;
  };

  [[nodiscard]] bool IsOld(std::uint64_t ordinal) const {
    return ordinal + kTrialsRemembered <= newest_;
  }

  Bar BarAt(std::uint32_t cell) {
    if (const auto known = bars_.find(cell); known != bars_.end()) {
      return known->second;
    }
    means_.clear();
    for (const auto& [ordinal, curve] : completed_) {
      if (const std::optional<double> mean = curve.MeanAt(cell)) {
        means_.push_back(*mean);
      }
    }
    const Bar bar{means_.size(), means_.empty() ? 0 : MedianOf(means_)};
    if (bars_.size() >= kBarsMax) {
      bars_.clear();
    }
    bars_.emplace(cell, bar);
    return bar;
  }

  std::size_t min_trials_;
  std::int64_t start_step_;
  std::uint64_t newest_ = 0;
  std::map<std::uint64_t, Curve> running_;
  std::map<std::uint64_t, Curve> completed_;
  std::unordered_map<std::uint32_t, Bar> bars_;
  std::vector<double> means_;
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
