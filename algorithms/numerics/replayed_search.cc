#include "algorithms/numerics/replayed_search.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "algorithms/numerics/axis.h"
#include "algorithms/numerics/unseen_points.h"

namespace hone::algorithms {
namespace {

constexpr std::uint32_t kAttemptsMax = 32;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// The value reported for a bad trial while no value is known. Larger values are clipped to it:
/// BOBYQA multiplies up to four of them.
constexpr double kLargest = 1e50;
/// If the first value of a run exceeds 2^kExponentMax or, unless it is 0, is below 2^-kExponentMax,
/// values are scaled for the method: near the limits of a double differences are not exact.
constexpr int kExponentMax = 100;
/// Coordinates are rounded to this part of the range when points are compared, so that a start
/// computed from a trial's point equals that trial's point.
constexpr double kCoordinates = 0x1p40;
/// After a run that has improved, the next run's step is divided by this, down to kStepMin.
constexpr double kStepShrink = 4;
constexpr double kStepMin = 1e-4;
/// A gain below this share of the values' spread does not count as progress.
constexpr double kProgress = 1e-6;

/// The identity of a point: one coordinate, times kCoordinates, for each parameter that has several
/// values.
using Key = std::vector<std::int64_t>;

/// The first trial at a point.
struct Known {
  std::uint64_t ordinal = 0;
  bool is_running = true;
  /// Nothing if the trial failed.
  std::optional<double> value;
};

/// One run of the method, as far as the history can answer it.
struct Run {
  NloptStart start;
  /// The factor for values, a power of two; the answers so far, in order; and their range without
  /// failures.
  double unit = 1;
  std::vector<double> told;
  double best = kInfinity;
  double worst = -kInfinity;
  /// The last ordinal among the trials that answered.
  std::uint64_t last = 0;
  /// True if the run began at a trial that failed.
  bool is_void = false;

  void SetUnit(double first) {
    const int exponent = first == 0 ? 0 : std::ilogb(first);
    // 1000: a double can represent 2^-exponent for any exponent up to there.
    unit = std::abs(exponent) > kExponentMax ? std::exp2(std::clamp(-exponent, -1000, 1000)) : 1;
  }
  [[nodiscard]] double ToTold(double value) const {
    return std::clamp(value * unit, -kLargest, kLargest);
  }
  /// The value reported for a failed trial: worse than all others.
  [[nodiscard]] double Bad() const {
    if (best > worst) {
      return kLargest;
    }
    const double margin = worst > best ? worst - best : std::abs(worst);
    return worst + (margin > 0 ? margin : 1);
  }
};

class ReplayedSearch final : public SearchAlgorithm {
 public:
  ReplayedSearch(NloptMethod method, const Problem& problem, double initial_step)
      : method_(method),
        initial_step_(initial_step),
        seed_(problem.seed),
        sequence_(problem.space.size(), problem.seed),
        unseen_(problem.space, problem.seed),
        axes_(MakeAxes(problem.space)) {
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      if (axes_[i].kind() != Axis::Kind::kFixed) {
        free_.push_back(i);
      }
    }
    Begin();
  }

  void Observe(std::span<const ObservedTrial> trials) override {
    unseen_.Observe(trials);
    for (const ObservedTrial& trial : trials) {
      Keep(trial);
    }
  }

  Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) override {
    std::vector<Proposal> asked = Asked(count);
    std::size_t next = 0;
    return unseen_.Propose(
        first_ordinal, count, kAttemptsMax, [&](std::uint64_t ordinal, std::uint32_t attempt) {
          const bool is_asked =
              attempt == 0 && next < asked.size() && IsWorthIt(asked[next], ordinal);
          return is_asked ? std::move(asked[next++]) : Explore(ordinal, attempt);
        });
  }

 private:
  using Trial = std::pair<const Key, Known>;

  /// Points that a local method requests on the guess that running trials are bad stay near those
  /// trials. Every second such point is replaced by a random one, which may find a better place for
  /// the next run.
  [[nodiscard]] bool IsWorthIt(const Proposal& asked, std::uint64_t ordinal) const {
    return asked.why.origin == Provenance::Origin::kModel || method_ == NloptMethod::kDirect ||
           ordinal % 2 == 0;
  }

  /// Random, not a point of the Sobol sequence: the points of only some ordinals, for instance
  /// every second one, would leave a part of the space uncovered.
  [[nodiscard]] Proposal Explore(std::uint64_t ordinal, std::uint32_t attempt) const {
    return {
        RandomPoint(unseen_.space(), seed_, ordinal, attempt), 0, {Provenance::Origin::kExplored}};
  }

  [[nodiscard]] Key KeyOf(const Point& point) const {
    Key key;
    key.reserve(free_.size());
    for (const std::size_t i : free_) {
      key.push_back(std::llround(axes_[i].ToModel(point[i]) * kCoordinates));
    }
    return key;
  }

  [[nodiscard]] Point PointAt(std::span<const double> coordinates) const {
    Point point(axes_.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      const bool is_free = axes_[i].kind() != Axis::Kind::kFixed;
      point[i] = axes_[i].ToValue(is_free ? coordinates[next++] : 0);
    }
    return point;
  }

  static NloptStart StartAt(const Key& key, double step) {
    NloptStart start{{}, step};
    for (const std::int64_t coordinate : key) {
      start.center.push_back(static_cast<double>(coordinate) / kCoordinates);
    }
    return start;
  }

  void Begin() {
    settled_ = 0;
    record_ = kInfinity;
    new_starts_ = 0;
    void_starts_ = 0;
    run_ = {.start = {std::vector<double>(free_.size(), 0.5), initial_step_}};
  }

  /// Conclusions from ended trials stay valid, unless an earlier trial turns up that was missing.
  void Keep(const ObservedTrial& trial) {
    const auto [known, is_new] = known_.try_emplace(KeyOf(trial.point));
    if (!is_new && known->second.ordinal < trial.ordinal) {
      return;
    }
    if (trial.ordinal <= settled_ || (!is_new && !known->second.is_running)) {
      Begin();
    }
    known->second = {trial.ordinal, trial.outcome == Outcome::kRunning, std::nullopt};
    if (!trial.objectives.empty() && std::isfinite(trial.objectives.front())) {
      known->second.value = trial.objectives.front();
    }
  }

  /// At most `count` points that no trial has, in the order in which the method asks for them. Each
  /// settled run uses at least one more trial, which bounds the loop.
  std::vector<Proposal> Asked(std::size_t count) {
    std::vector<Proposal> asked;
    bool may_go_on = count > 0 && !free_.empty();
    while (may_go_on) {
      may_go_on = Replay(count, asked) && Settle();
    }
    return asked;
  }

  /// One repetition of the run.
  struct Round {
    std::size_t count = 0;
    std::vector<Proposal>& asked;
    std::set<Key> keys = {};
    std::size_t evaluations = 0;
    /// True from the first trial without a result on: later answers are based on a guess.
    bool is_guess = false;
  };

  /// True if the run has ended and was told only results, no guesses.
  bool Replay(std::size_t count, std::vector<Proposal>& asked) {
    Round round{count, asked};
    RunNlopt(method_, run_.start, kRunLengthMax, [&](std::span<const double> coordinates) {
      return Answer(round, coordinates);
    });
    return !round.is_guess;
  }

  std::optional<double> Answer(Round& round, std::span<const double> coordinates) {
    if (const std::size_t evaluation = round.evaluations++; evaluation < run_.told.size()) {
      return run_.told[evaluation];
    }
    Point point = PointAt(coordinates);
    Key key = KeyOf(point);
    const auto known = known_.find(key);
    if (known != known_.end() && !known->second.is_running) {
      return round.is_guess ? Told(known->second) : Tell(known->second);
    }
    if (known == known_.end() && round.keys.insert(std::move(key)).second) {
      const auto origin =
          round.is_guess ? Provenance::Origin::kExplored : Provenance::Origin::kModel;
      round.asked.push_back({std::move(point), 0, {origin}});
    }
    round.is_guess = true;
    return round.asked.size() < round.count ? std::optional(run_.Bad()) : std::nullopt;
  }

  std::optional<double> Tell(const Known& trial) {
    run_.last = std::max(run_.last, trial.ordinal);
    // A failed start gives a local method no direction; kDirect divides the whole box anyway.
    run_.is_void = run_.told.empty() && !trial.value && method_ != NloptMethod::kDirect;
    if (run_.is_void) {
      return std::nullopt;
    }
    if (run_.best > run_.worst && trial.value) {
      run_.SetUnit(*trial.value);
    }
    const double told = Told(trial);
    run_.told.push_back(told);
    if (trial.value) {
      run_.best = std::min(run_.best, told);
      run_.worst = std::max(run_.worst, told);
    }
    return told;
  }

  [[nodiscard]] double Told(const Known& trial) const {
    return trial.value ? run_.ToTold(*trial.value) : run_.Bad();
  }

  /// Ends the run and begins the next one: at the best trial and with a smaller step as long as the
  /// best value improves, then at a new point of the Sobol sequence. A run that needed no new trial
  /// waits for a trial from elsewhere. False if a trial has to be awaited.
  bool Settle() {
    const std::uint64_t last = run_.last > settled_ ? run_.last : OrdinalAfter(settled_);
    if (last == kNever || IsAnyRunning(last)) {
      return false;
    }
    const Trial* best = BestOf(last);
    const double progress = kProgress * std::max(run_.worst - run_.best, 0.0) / run_.unit;
    settled_ = last;
    void_starts_ = run_.is_void ? void_starts_ + 1 : 0;
    if (best != nullptr && *best->second.value < record_ - progress) {
      record_ = *best->second.value;
      run_ = {.start = StartAt(best->first, std::max(run_.start.step / kStepShrink, kStepMin))};
    } else {
      run_ = {.start = StartAt(NewStart(best), initial_step_)};
    }
    return true;
  }

  /// The next point of the Sobol sequence; after failed starts, moved towards the best trial, each
  /// time by half, so that a space in which nearly all points fail is still searched.
  Key NewStart(const Trial* best) {
    Key start = KeyOf(SobolPoint(unseen_.space(), sequence_, ++new_starts_));
    for (std::size_t i = 0; best != nullptr && i < start.size(); ++i) {
      const double away = static_cast<double>(start[i] - best->first[i]);
      start[i] = best->first[i] + std::llround(std::ldexp(away, -std::min(void_starts_, 40)));
    }
    return start;
  }

  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  [[nodiscard]] std::uint64_t OrdinalAfter(std::uint64_t ordinal) const {
    std::uint64_t after = kNever;
    for (const Trial& trial : known_) {
      after = trial.second.ordinal > ordinal ? std::min(after, trial.second.ordinal) : after;
    }
    return after;
  }

  /// All trials up to the last one that a run needed are compared, including those from outside the
  /// run. So they must have ended, or the next run would depend on the time of the call.
  [[nodiscard]] bool IsAnyRunning(std::uint64_t last) const {
    return std::any_of(known_.begin(), known_.end(), [&](const Trial& trial) {
      return trial.second.ordinal <= last && trial.second.is_running;
    });
  }

  /// The first of the best trials up to `last`; null if all have failed.
  [[nodiscard]] const Trial* BestOf(std::uint64_t last) const {
    const Trial* best = nullptr;
    for (const Trial& trial : known_) {
      const Known& known = trial.second;
      const bool counts = known.ordinal <= last && known.value;
      if (counts && (best == nullptr || std::tie(*known.value, known.ordinal) <
                                            std::tie(*best->second.value, best->second.ordinal))) {
        best = &trial;
      }
    }
    return best;
  }

  NloptMethod method_;
  double initial_step_;
  std::uint64_t seed_;
  SobolSequence sequence_;
  UnseenPoints unseen_;
  std::vector<Axis> axes_;
  /// The axes that have several values.
  std::vector<std::size_t> free_;
  std::map<Key, Known> known_;

  // Caches derived from the trials that have ended.
  Run run_;
  /// Earlier runs have taken all trials up to this ordinal into account; record_ is their best
  /// value.
  std::uint64_t settled_ = 0;
  double record_ = kInfinity;
  /// Number of runs that have begun at a point of the Sobol sequence.
  std::uint64_t new_starts_ = 0;
  /// Number of consecutive runs whose start failed.
  int void_starts_ = 0;
};

}  // namespace

std::unique_ptr<SearchAlgorithm> MakeReplayedSearch(NloptMethod method,
                                                    const Problem& problem,
                                                    double initial_step) {
  return std::make_unique<ReplayedSearch>(method, problem, initial_step);
}

void CheckReplayed(std::string_view name,
                   std::span<const Parameter> parameters,
                   FieldErrors& errors) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string path = "spec.parameters[" + std::to_string(i) + "]";
    if (Axis(parameters[i]).kind() == Axis::Kind::kCategories) {
      errors.push_back({FieldError::Type::kNotSupported,
                        path + ".parameterType",
                        "categorical",
                        std::string(name) + " searches numbers, and the values of " +
                            parameters[i].name +
                            " have no order; use tpe or cmaes, or discrete if they are numbers"});
    }
    if (parameters[i].parent) {
      errors.push_back({FieldError::Type::kNotSupported,
                        path + ".activeWhen",
                        "",
                        std::string(name) + " needs every parameter in every trial, and " +
                            parameters[i].name + " is not always active; use tpe or random"});
    }
  }
  if (parameters.size() > kReplayedParametersMax) {
    errors.push_back({FieldError::Type::kInvalid,
                      "spec.parameters",
                      std::to_string(parameters.size()) + " parameters",
                      std::string(name) + " can have at most " +
                          std::to_string(kReplayedParametersMax) + " parameters; use cmaes"});
  }
}

}  // namespace hone::algorithms
