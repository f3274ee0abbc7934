#include <map>
#include <vector>

#include "algorithms/numerics/best_share.h"
#include "algorithms/numerics/resource_ladder.h"
#include "algorithms/stopping_rule.h"

namespace hone::algorithms {
namespace {

constexpr SettingSchema kSettings[] = {
    {.name = "eta",
     .kind = SettingSchema::Kind::kInt,
     .default_text = kEta.default_text,  // the search's: the paper has one eta for both
     .range = "an integer >= 2",
     .summary = "one trial in eta goes on beyond a rung; each rung is eta times the one below",
     .min = 2,
     .max = 1e6},
    {.name = "r_min",
     .kind = SettingSchema::Kind::kInt,
     .default_text = "1",
     .range = "an integer >= 1",
     .summary = "the step of the lowest rung",
     .min = 1,
     .max = kCountMax},
    {.name = "max_resource",
     .kind = SettingSchema::Kind::kInt,
     .range = "an integer > r_min",
     .summary = "the last step of a trial; all rungs are below it",
     .min = 2,
     .max = kCountMax},
};

/// About 20 MB at the usual number of rungs.
constexpr std::uint64_t kTrialsRemembered = 100'000;

// Li et al. 2020, section 3, with the rungs at r_min * eta^k; the variant that stops: a trial keeps
// running while it is judged, and is stopped where asynchronous promotion would not promote it.
class AshaStop final : public StoppingRule {
 public:
  explicit AshaStop(const SettingValues& settings)
      : eta_(static_cast<std::int64_t>(settings.Number("eta"))),
        r_min_(static_cast<std::int64_t>(settings.Number("r_min"))),
        max_resource_(static_cast<std::int64_t>(
            settings.NumberIfAny("max_resource").value_or(2 * kCountMax))) {}

  void Begin(std::uint64_t ordinal) override {
    Forget(trials_.find(ordinal));
    trials_[ordinal].is_running = true;
    newest_ = std::max(newest_, ordinal);
    for (auto oldest = trials_.begin(); oldest != trials_.end() && IsOld(oldest->first);) {
      const auto next = std::next(oldest);
      if (!oldest->second.is_running) {
        Forget(oldest);
      }
      oldest = next;
    }
  }

  std::optional<Verdict> Observe(const Report& report) override {
    const auto found = trials_.find(report.ordinal);
    if (found == trials_.end() || !found->second.is_running ||
        report.step <= found->second.last_step) {
      return std::nullopt;
    }
    Climber& trial = found->second;
    trial.last_step = report.step;
    const std::optional<Rung> rung = RungAt(report.step);
    if (!rung || (!trial.passed.empty() && trial.passed.back().rung >= rung->index)) {
      return std::nullopt;
    }
    // Rungs that the trial skipped between two reports do not record it.
    trial.passed.push_back({rung->index, OrWorst(report.value)});
    return Judge(report, *rung);
  }

  void End(std::uint64_t ordinal, Outcome /*outcome*/) override {
    const auto found = trials_.find(ordinal);
    if (found == trials_.end()) {
      return;
    }
    found->second.is_running = false;
    if (IsOld(ordinal)) {
      Forget(found);
    }
  }

 private:
  struct Passed {
    std::size_t rung = 0;
    double value = 0;
  };
  struct Climber {
    bool is_running = false;
    std::int64_t last_step = std::numeric_limits<std::int64_t>::min();
    /// One for each rung that the trial has reached, in their order.
    std::vector<Passed> passed;
  };
  using Trials = std::map<std::uint64_t, Climber>;
  struct Rung {
    std::size_t index = 0;
    std::int64_t step = 0;
  };

  /// The highest rung that `step` has reached; nothing below the lowest, and at the end.
  [[nodiscard]] std::optional<Rung> RungAt(std::int64_t step) const {
    if (step < r_min_ || step >= max_resource_) {
      return std::nullopt;
    }
    Rung rung{0, r_min_};
    while (rung.step <= step / eta_ && rung.step * eta_ < max_resource_) {
      rung.step *= eta_;
      ++rung.index;
    }
    return rung;
  }

  /// A trial is judged once at each rung.
  std::optional<Verdict> Judge(const Report& report, const Rung& rung) {
    while (rungs_.size() <= rung.index) {
      rungs_.emplace_back(static_cast<std::size_t>(eta_));
    }
    BestShare& share = rungs_[rung.index];
    const BestShare::Entry entry{OrWorst(report.value), report.ordinal};
    share.Insert(entry);
    const bool is_good = std::isfinite(report.value) && share.IsAmongBest(entry);
    if (share.best_size() == 0 || is_good) {
      return std::nullopt;
    }
    return Verdict{.step = report.step,
                   .value = entry.value,
                   .bar = share.bar(),
                   .reason = "it is not among the best " + std::to_string(share.best_size()) +
                             " of the " + std::to_string(share.size()) +
                             " trials that have reached step " + std::to_string(rung.step)};
  }

  [[nodiscard]] bool IsOld(std::uint64_t ordinal) const {
    return ordinal + kTrialsRemembered <= newest_;
  }

  void Forget(Trials::iterator trial) {
    if (trial == trials_.end()) {
      return;
    }
    for (const Passed& passed : trial->second.passed) {
      rungs_[passed.rung].Remove({passed.value, trial->first});
    }
    trials_.erase(trial);
  }

  std::int64_t eta_;
  std::int64_t r_min_;
  std::int64_t max_resource_;
  std::uint64_t newest_ = 0;
  Trials trials_;
  std::vector<BestShare> rungs_;
};

void Check(std::span<const Setting> settings, std::string_view field, FieldErrors& errors) {
  const SettingValues values(kSettings, settings);
  const std::optional<double> max_resource = values.NumberIfAny("max_resource");
  if (max_resource && *max_resource <= values.Number("r_min")) {
    errors.push_back({FieldError::Type::kInvalid,
                      std::string(field),
                      "",
                      "max_resource must be greater than r_min, or there is no rung"});
  }
}

}  // namespace

extern const Rule k_asha_stop;
const Rule k_asha_stop = {
    .name = "asha-stop",
    .summary = "stops a trial at a rung unless it is among the best 1/eta of those that reached it",
    .citation = "Li et al., A system for massively parallel hyperparameter tuning, 2020",
    .settings = kSettings,
    .trials_remembered = kTrialsRemembered,
    .check = Check,
    .make = [](std::span<const Setting> settings) -> std::unique_ptr<StoppingRule> {
      return std::make_unique<AshaStop>(SettingValues(kSettings, settings));
    },
};

}  // namespace hone::algorithms
