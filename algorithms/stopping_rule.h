// StoppingRule: is this curve hopeless? The seam for early stopping; algorithms/stopping holds one
// file a rule. A rule does no I/O, reads no clock and draws nothing at random. What it knows
// follows from each trial's reports in their order, not from how those of different trials were
// mixed: a fresh instance that is told of one trial after the other judges as one that saw them all
// run. Not thread-safe; one owner.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "algorithms/algorithm.h"

namespace hone::algorithms {

/// One value of a running trial's objective.
struct Report {
  std::uint64_t ordinal = 0;
  /// Of the training. A report whose step is not above the trial's last one is late or a
  /// repetition, and changes nothing.
  std::int64_t step = 0;
  /// To be minimised. What is not finite is worse than everything else and never wins.
  double value = 0;
};

/// Why a trial should not go on.
struct Verdict {
  std::int64_t step = 0;
  /// What was judged, to be minimised.
  double value = 0;
  /// What would have been good enough, if that is one value.
  std::optional<double> bar;
  /// What is said of the trial: "its best value is worse than ...".
  std::string reason;
};

class StoppingRule {
 public:
  virtual ~StoppingRule() = default;
  /// The trial begins, or begins anew: what it reported before is forgotten.
  virtual void Begin(std::uint64_t ordinal) = 0;
  /// Judges a trial by one more report. Reports of a trial that has not begun or has ended are
  /// ignored. The work does not grow with the number of trials.
  [[nodiscard]] virtual std::optional<Verdict> Observe(const Report& report) = 0;
  /// The trial has ended; `outcome` is not kRunning.
  virtual void End(std::uint64_t ordinal, Outcome outcome) = 0;
};

/// An entry of the catalogue: everything that follows from a rule's file.
struct Rule {
  std::string_view name = {};
  std::string_view summary = {};
  /// Paper and year, or "".
  std::string_view citation = {};
  std::span<const SettingSchema> settings = {};
  /// Of the trials that have ended, those matter whose ordinal is among so many of the highest. It
  /// bounds the memory of a rule and what has to be read again after a restart.
  std::uint64_t trials_remembered = 0;
  /// Adds an error for what is wrong between settings that are right by themselves.
  void (*check)(std::span<const Setting> settings, std::string_view field, FieldErrors& errors) =
      [](std::span<const Setting> /*settings*/,
         std::string_view /*field*/,
         FieldErrors& /*errors*/) {
      };
  std::unique_ptr<StoppingRule> (*make)(std::span<const Setting> settings) = nullptr;
};

/// The largest step or number of reports that a setting may name.
inline constexpr double kCountMax = 1e15;

/// `value`, or infinity if it is not finite: then it is the worst.
[[nodiscard]] inline double OrWorst(double value) {
  return std::isfinite(value) ? value : std::numeric_limits<double>::infinity();
}

}  // namespace hone::algorithms
