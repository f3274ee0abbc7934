// StoppingRule: decides whether a running trial is worth continuing. The interface for early
// stopping; algorithms/stopping holds one file per rule. A rule does no I/O, reads no clock and
// draws nothing at random. Its state follows from each trial's reports in their order, not from how
// reports of different trials were interleaved: a fresh instance that receives the trials one after
// another judges like one that saw them all run. Not thread-safe; one owner.
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
  /// The training step. A report whose step is not above the trial's last one is late or a
  /// duplicate, and changes nothing.
  std::int64_t step = 0;
  /// To be minimised. A value that is not finite is worse than every other and never wins.
  double value = 0;
};

/// Why a trial should be stopped.
struct Verdict {
  std::int64_t step = 0;
  /// The value that was judged, to be minimised.
  double value = 0;
  /// The value that would have been good enough, if there is a single one.
  std::optional<double> bar;
  /// The reason as shown to users: "its best value is worse than ...".
  std::string reason;
};

class StoppingRule {
 public:
  virtual ~StoppingRule() = default;
  /// The trial begins or restarts: its earlier reports are forgotten.
  virtual void Begin(std::uint64_t ordinal) = 0;
  /// Judges a trial by one more report. Reports of a trial that has not begun or has ended are
  /// ignored. The work does not grow with the number of trials.
  [[nodiscard]] virtual std::optional<Verdict> Observe(const Report& report) = 0;
  /// The trial has ended; `outcome` is not kRunning.
  virtual void End(std::uint64_t ordinal, Outcome outcome) = 0;
};

/// An entry of the catalogue: all that a rule's file defines.
struct Rule {
  std::string_view name = {};
  std::string_view summary = {};
  /// Paper and year, or "".
  std::string_view citation = {};
  std::span<const SettingSchema> settings = {};
  /// Only ended trials among the highest so many ordinals matter. This bounds the memory of a rule
  /// and how much has to be read again after a restart.
  std::uint64_t trials_remembered = 0;
  /// Adds an error for settings that are valid by themselves and conflict with each other.
  void (*check)(std::span<const Setting> settings, std::string_view field, FieldErrors& errors) =
      [](std::span<const Setting> /*settings*/,
         std::string_view /*field*/,
         FieldErrors& /*errors*/) {
      };
  std::unique_ptr<StoppingRule> (*make)(std::span<const Setting> settings) = nullptr;
};

/// `value`, or infinity (the worst) if it is not finite.
[[nodiscard]] inline double OrWorst(double value) {
  return std::isfinite(value) ? value : std::numeric_limits<double>::infinity();
}

/// The number of a setting, else of its default; nothing if it has neither.
[[nodiscard]] std::optional<double> NumberOf(std::span<const SettingSchema> schemas,
                                             std::span<const Setting> settings,
                                             std::string_view name);

}  // namespace hone::algorithms
