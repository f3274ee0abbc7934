#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "algorithms/catalogue.h"
#include "algorithms/numerics/architecture_controller.h"
#include "algorithms/numerics/architecture_space.h"
#include "algorithms/numerics/counter_random.h"
#include "algorithms/numerics/unseen_points.h"
#include "algorithms/numerics/value_scale.h"
#include "algorithms/stopping_rule.h"

namespace hone::algorithms {
namespace {

using Kind = SettingSchema::Kind;

/// Number of samples that may hit a taken point of a finite space before the next free point is
/// used.
constexpr std::uint32_t kAttemptsMax = 32;
/// Training steps use at most the last so many trials, the newest first.
constexpr std::size_t kReplayMax = 50;
/// Maximum number of trials that are learned from although an earlier one still runs.
constexpr std::size_t kAheadMax = 32;
/// Maximum number of multiplications per trial: some seconds.
constexpr double kWorkMax = 1e10;

constexpr SettingSchema kSettings[] = {
    {.name = "controller_hidden_size",
     .kind = Kind::kInt,
     .default_text = "64",
     .range = "an integer from 1 to 1024",
     .summary = "units of the controller's LSTM",
     .min = 1,
     .max = 1024},
    {.name = "controller_temperature",
     .default_text = "5.0",
     .range = "a number > 0, or None",
     .summary = "divisor of the logits: larger values explore more",
     .min = 0,
     .min_open = true,
     .may_be_none = true},
    {.name = "controller_tanh_const",
     .default_text = "2.25",
     .range = "a number > 0, or None",
     .summary = "bound on the logits: smaller values explore more",
     .min = 0,
     .min_open = true,
     .may_be_none = true},
    {.name = "controller_entropy_weight",
     .default_text = "1e-05",
     .range = "a number > 0, or None",
     .summary = "weight of the entropy of the choices",
     .min = 0,
     .min_open = true,
     .may_be_none = true},
    {.name = "controller_baseline_decay",
     .default_text = "0.999",
     .range = "a number in (0, 1]",
     .summary = "share of the moving average of rewards that a training step keeps",
     .min = 0,
     .max = 1,
     .min_open = true},
    {.name = "controller_learning_rate",
     .default_text = "0.001",
     .range = "a number in (0, 1]",
     .summary = "step size of Adam",
     .min = 0,
     .max = 1,
     .min_open = true},
    {.name = "controller_skip_target",
     .default_text = "0.4",
     .range = "a number in (0, 1]",
     .summary = "target share of skip connections",
     .min = 0,
     .max = 1,
     .min_open = true},
    {.name = "controller_skip_weight",
     .default_text = "0.8",
     .range = "a number > 0, or None",
     .summary = "weight of the deviation from that share",
     .min = 0,
     .min_open = true,
     .may_be_none = true},
    {.name = "controller_train_steps",
     .kind = Kind::kInt,
     .default_text = "10",
     .range = "an integer >= 1",
     .summary = "steps of training when a trial has ended, over it and the trials before it",
     .min = 1,
     .max = 1e6},
    {.name = "controller_log_every_steps",
     .kind = Kind::kInt,
     .default_text = "10",
     .range = "an integer >= 1",
     .summary = "accepted for Katib's manifests; nothing is logged",
     .min = 1,
     .max = 1e9},
    kRandomState,
};

/// The number of a setting or of its default; nothing for "None".
std::optional<double> SettingOf(const Problem& problem, std::string_view name) {
  return NumberOf(kSettings, problem.settings, name);
}

struct EndedTrial {
  Point point;
  /// NaN if the trial has ended without a value.
  double value = 0;
};

/// A controller and the trials that it has learned from, one after another.
class Learner {
 public:
  Learner(const Problem& problem, const ControllerOptions& options)
      : controller_(*problem.layout, options, problem.seed),
        steps_(static_cast<std::size_t>(*SettingOf(problem, "controller_train_steps"))),
        decay_(*SettingOf(problem, "controller_baseline_decay")) {}

  [[nodiscard]] const ArchitectureController& controller() const { return controller_; }

  /// REINFORCE (Williams 1992) with a moving average as baseline (Pham et al., section 2.2, eq. 1).
  /// The reward of a trial is its negated value, scaled together with the values of the last
  /// trials.
  void Learn(const EndedTrial& trial) {
    replay_.push_front({trial.point, trial.value, controller_.LogProbability(trial.point)});
    if (replay_.size() > kReplayMax) {
      replay_.pop_back();
    }
    std::vector<double> values;
    for (const Remembered& each : replay_) {
      values.push_back(each.value);
    }
    const Eigen::VectorXd scaled = ScaleValues(values);
    for (std::size_t step = 0; step < steps_; ++step) {
      const std::size_t i = step % replay_.size();
      const double reward = -scaled[static_cast<Eigen::Index>(i)];
      baseline_ += (1 - decay_) * (reward - baseline_);
      controller_.Train(replay_[i].point, reward - baseline_, replay_[i].log_probability);
    }
  }

 private:
  struct Remembered {
    Point point;
    double value = 0;
    /// When the sample was new: later steps weigh it by how much likelier it has become since.
    double log_probability = 0;
  };

  ArchitectureController controller_;
  std::size_t steps_;
  double decay_;
  double baseline_ = 0;
  /// The newest first.
  std::deque<Remembered> replay_;
};

/// The controller learns from trials in the order of their ordinals. A copy learns provisionally
/// from trials that ended after one that still runs, and the controller learns from them once the
/// gap has closed: so an answer is a function of the set of trials.
class EnasSearch final : public SearchAlgorithm {
 public:
  EnasSearch(const Problem& problem, const ControllerOptions& options)
      : seed_(problem.seed),
        unseen_(problem.space, problem.seed),
        settled_(problem, options),
        ahead_(settled_) {}

  void Observe(std::span<const ObservedTrial> trials) override {
    unseen_.Observe(trials);
    for (const ObservedTrial& trial : trials) {
      if (trial.outcome != Outcome::kRunning && trial.ordinal >= next_) {
        const bool has_value = !trial.objectives.empty();
        ended_[trial.ordinal] = {trial.point, has_value ? trial.objectives.front() : std::nan("")};
      }
    }
  }

  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) override {
    Settle();
    LookAhead();
    return unseen_.Propose(
        first_ordinal, count, kAttemptsMax, [this](std::uint64_t ordinal, std::uint32_t attempt) {
          CounterRandom random(seed_, ordinal, attempt);
          return Proposal{
              ahead_.controller().Sample(random),
              0,
              {has_learned_ ? Provenance::Origin::kModel : Provenance::Origin::kStartup}};
        });
  }

 private:
  void Settle() {
    while (!ended_.empty() && ended_.begin()->first == next_) {
      settled_.Learn(ended_.begin()->second);
      ended_.erase(ended_.begin());
      ++next_;
      is_ahead_stale_ = true;
    }
  }

  void LookAhead() {
    std::vector<std::uint64_t> wanted;
    for (auto trial = ended_.begin(); trial != ended_.end() && wanted.size() < kAheadMax; ++trial) {
      wanted.push_back(trial->first);
    }
    const bool goes_on = !is_ahead_stale_ && learned_ahead_.size() <= wanted.size() &&
                         std::equal(learned_ahead_.begin(), learned_ahead_.end(), wanted.begin());
    if (!goes_on) {
      ahead_ = settled_;
      learned_ahead_.clear();
    }
    for (std::size_t i = learned_ahead_.size(); i < wanted.size(); ++i) {
      ahead_.Learn(ended_.at(wanted[i]));
    }
    learned_ahead_ = std::move(wanted);
    is_ahead_stale_ = false;
    has_learned_ = next_ > 1 || !learned_ahead_.empty();
  }

  std::uint64_t seed_;
  UnseenPoints unseen_;
  /// Has learned from the trials before `next_`, all of which have ended.
  Learner settled_;
  std::uint64_t next_ = 1;
  /// Ended trials from `next_` on.
  std::map<std::uint64_t, EndedTrial> ended_;
  /// A copy of settled_ that has also learned from the first trials of ended_.
  Learner ahead_;
  std::vector<std::uint64_t> learned_ahead_;
  bool is_ahead_stale_ = false;
  bool has_learned_ = false;
};

ControllerOptions ReadOptions(const Problem& problem) {
  return {
      .hidden = static_cast<std::size_t>(*SettingOf(problem, "controller_hidden_size")),
      .temperature = SettingOf(problem, "controller_temperature"),
      .tanh_constant = SettingOf(problem, "controller_tanh_const"),
      .entropy_weight = SettingOf(problem, "controller_entropy_weight"),
      .skip_target = *SettingOf(problem, "controller_skip_target"),
      .skip_weight = SettingOf(problem, "controller_skip_weight"),
      .learning_rate = *SettingOf(problem, "controller_learning_rate"),
  };
}

/// Every step multiplies with all weights of the LSTM and the softmax in each layer, once forwards
/// and twice backwards, and with those of the attention once more for each connection.
void Check(const Problem& problem, FieldErrors& errors) {
  if (!problem.layout) {
    errors.push_back(MissingNasConfig("enas"));
    return;
  }
  const auto layers = static_cast<double>(problem.layout->layers);
  const auto operations = static_cast<double>(problem.layout->operations);
  // CheckSettings reports a value that is not a number.
  const double hidden = SettingOf(problem, "controller_hidden_size").value_or(0);
  const double steps = SettingOf(problem, "controller_train_steps").value_or(0);
  const double step = 3 * layers * hidden * (16 * hidden + operations + layers / 2 * hidden);
  if (steps * step > kWorkMax) {
    errors.push_back({FieldError::Type::kInvalid,
                      "spec.algorithm.algorithmSettings",
                      "",
                      "would train the controller too long after each trial; lower "
                      "controller_hidden_size, controller_train_steps, or the number of layers"});
  }
}

std::unique_ptr<SearchAlgorithm> Make(const Problem& problem) {
  return std::make_unique<EnasSearch>(problem, ReadOptions(problem));
}

}  // namespace

extern const Algorithm k_enas;
const Algorithm k_enas = {
    .name = "enas",
    .summary =
        "an LSTM controller that writes architectures, layer by layer, and is trained by REINFORCE "
        "on the values of their trials",
    .citation =
        "Pham, Guan, Zoph, Le, Dean, Efficient neural architecture search via parameter sharing, "
        "2018",
    .settings = kSettings,
    .is_adaptive = true,
    .needs_architectures = true,
    .check = Check,
    .make = Make,
};

}  // namespace hone::algorithms
