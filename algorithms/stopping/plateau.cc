#include <map>

#include "algorithms/rule_catalogue.h"

namespace hone::algorithms {
namespace {

constexpr SettingSchema kSettings[] = {
    {.name = "patience",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "10",
     .range = "an integer >= 1",
     .summary = "reports without improvement after which a trial is stopped",
     .min = 1,
     .max = kCountMax},
    {.name = "min_delta",
     .kind = SettingSchema::Kind::kFloat,
     .default_text = "0",
     .range = "a number >= 0",
     .summary = "the smallest change of the best value that counts as an improvement",
     .min = 0},
    {.name = "start_step",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "1",
     .range = "an integer >= 1",
     .summary = "the first step whose reports count against the patience",
     .min = 1,
     .max = kCountMax},
};

// Each trial is judged independently of the others.
class Plateau final : public StoppingRule {
 public:
  explicit Plateau(std::span<const Setting> settings)
      : patience_(static_cast<std::int64_t>(*NumberOf(kSettings, settings, "patience"))),
        min_delta_(*NumberOf(kSettings, settings, "min_delta")),
        start_step_(static_cast<std::int64_t>(*NumberOf(kSettings, settings, "start_step"))) {}

  void Begin(std::uint64_t ordinal) override { running_[ordinal] = Curve(); }

  std::optional<Verdict> Observe(const Report& report) override {
    const auto found = running_.find(report.ordinal);
    if (found == running_.end() || report.step <= found->second.last_step) {
      return std::nullopt;
    }
    Curve& curve = found->second;
    curve.last_step = report.step;
    const double value = OrWorst(report.value);
    if (value < curve.best - min_delta_) {
      curve.best = value;
      curve.without_improvement = 0;
      return std::nullopt;
    }
    if (report.step < start_step_ || ++curve.without_improvement < patience_) {
      return std::nullopt;
    }
    const std::int64_t count = curve.without_improvement;
    return Verdict{.step = report.step,
                   .value = curve.best,
                   .reason = "its best value has not improved for " + std::to_string(count) +
                             (count == 1 ? " report" : " reports")};
  }

  void End(std::uint64_t ordinal, Outcome /*outcome*/) override { running_.erase(ordinal); }

 private:
  struct Curve {
    std::int64_t last_step = std::numeric_limits<std::int64_t>::min();
    /// The best value so far, which has to be improved upon.
    double best = std::numeric_limits<double>::infinity();
    std::int64_t without_improvement = 0;
  };

  std::int64_t patience_;
  double min_delta_;
  std::int64_t start_step_;
  std::map<std::uint64_t, Curve> running_;
};

}  // namespace

extern const Rule k_plateau;
const Rule k_plateau = {
    .name = "plateau",
    .summary = "stops a trial whose best value has stopped improving",
    .settings = kSettings,
    .make = [](std::span<const Setting> settings) -> std::unique_ptr<StoppingRule> {
      return std::make_unique<Plateau>(settings);
    },
};

}  // namespace hone::algorithms
