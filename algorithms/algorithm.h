// SearchAlgorithm: which points next, given this history? The mathematics of Hone sit behind these
// two methods. An algorithm does no I/O, reads no clock, keeps no thread, and takes randomness only
// from its seed and the ordinals it is asked for. It may cache results that the history can
// rebuild: a fresh instance that observes the same trials answers the same. Not thread-safe; one
// owner.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/model/algorithm_spec.h"
#include "proto/model/field_error.h"
#include "proto/model/search_space.h"
#include "proto/model/trial.h"

namespace hone {
struct NasConfig;
}

namespace hone::algorithms {

/// The state of an observed trial. kRunning trials have a point and no values yet.
enum class Outcome { kRunning, kComplete, kStoppedEarly, kFailed };

/// One trial as an algorithm sees it.
struct ObservedTrial {
  /// From 1. A trial is observed again when its outcome changes, never after it has ended.
  std::uint64_t ordinal = 0;
  Point point;
  Outcome outcome = Outcome::kRunning;
  /// One value per objective, each to be minimised. Empty unless there are finite values.
  std::vector<double> objectives;
  /// One value per constraint, satisfied when <= 0.
  std::vector<double> constraints;
  /// See Proposal.
  std::uint64_t parent = 0;
};

/// Encodes a point for the trial, where the trial does not receive the value of each parameter.
/// Immutable; any thread may use it.
class PointCodec {
 public:
  virtual ~PointCodec() = default;
  [[nodiscard]] virtual Assignments Format(const Point& point) const = 0;
  /// Nothing if no point of the space has these assignments.
  [[nodiscard]] virtual std::optional<Point> Parse(const Assignments& assignments) const = 0;
};

/// Where the choices of an architecture are in a point of its space: for each layer its operation,
/// followed by one bit for each earlier layer whose output it also takes.
struct ArchitectureLayout {
  std::size_t layers = 0;
  std::size_t operations = 0;
  [[nodiscard]] std::size_t size() const { return OperationAt(layers); }
  [[nodiscard]] static std::size_t OperationAt(std::size_t layer) {
    return layer * (layer + 1) / 2;
  }
  [[nodiscard]] static std::size_t SkipAt(std::size_t layer, std::size_t earlier) {
    return OperationAt(layer) + 1 + earlier;
  }
};

/// The problem that an algorithm is created for. `settings` have been checked against the
/// algorithm's schema.
struct Problem {
  SearchSpace space;
  /// Null: a trial receives the value of each parameter.
  std::shared_ptr<const PointCodec> codec = nullptr;
  /// Set if the points of `space` are architectures.
  std::optional<ArchitectureLayout> layout = {};
  std::vector<Setting> settings;
  std::uint64_t seed = 0;
  /// Maximum number of trials that may be created in total; nothing if unbounded.
  std::optional<std::uint64_t> max_trials;
  std::uint64_t parallel_trials = 1;
};

/// Why a point was proposed. Kept with the trial, for people; no algorithm reads it.
struct Provenance {
  /// kSequence: not influenced by any result (random, grid, Sobol). kStartup: the same, until a
  /// model has enough results. kModel: the best point according to the model. kExplored: chosen
  /// without the model, although there is one. kAdvanced: continues a parent trial.
  enum class Origin { kSequence, kStartup, kModel, kExplored, kAdvanced };
  Origin origin = Origin::kSequence;
  /// The algorithm of the catalogue that proposed the point, if one algorithm delegates to others;
  /// else "".
  std::string_view algorithm = {};
  /// The value of the acquisition function at the point, in the algorithm's own unit.
  std::optional<double> acquisition = {};
};

std::string_view ToText(Provenance::Origin origin);

struct Proposal {
  Point point;
  /// The trial whose checkpoint this one continues from; 0 if it starts anew. A trial with a parent
  /// may have the same point as another trial.
  std::uint64_t parent = 0;
  Provenance why = {};
};

/// Proposals in the order of their ordinals. Fewer proposals than requested mean, with
/// `space_ended`, that there are no other points; without it, that more follow once a running trial
/// has ended.
struct Proposals {
  std::vector<Proposal> list;
  bool space_ended = false;
};

class SearchAlgorithm {
 public:
  virtual ~SearchAlgorithm() = default;
  /// New trials, and trials whose outcome has changed, in any order.
  virtual void Observe(std::span<const ObservedTrial> trials) = 0;
  /// Points for the ordinals first_ordinal ... first_ordinal + count - 1. The caller observes every
  /// returned point before the next call, first as kRunning.
  [[nodiscard]] virtual Proposals Suggest(std::uint64_t first_ordinal, std::size_t count) = 0;
};

/// One setting that an algorithm understands.
struct SettingSchema {
  enum class Kind { kInt, kFloat, kBool, kChoice, kText };
  std::string_view name = {};
  Kind kind = Kind::kFloat;
  std::string_view default_text = {};
  /// The range in words that follow "must be": "an integer >= 0".
  std::string_view range = {};
  std::string_view summary = {};
  /// Bounds of kInt and kFloat; each may be open.
  double min = -1e308;
  double max = 1e308;
  bool min_open = false;
  bool max_open = false;
  /// Words of kChoice, separated by '|'.
  std::string_view choices = {};
  /// True if "None" is legal too, as it is for some of Katib's numbers.
  bool may_be_none = false;
};

/// Reads a nasConfig into the space, codec and layout of `problem`, whose settings are already set.
/// Adds an error under "spec.nasConfig" for everything that is invalid.
using ReadArchitectures = void (*)(const NasConfig& nas, Problem& problem, FieldErrors& errors);
/// The ReadArchitectures of every algorithm that searches architectures as an ordinary space.
void ReadArchitectureSpace(const NasConfig& nas, Problem& problem, FieldErrors& errors);

/// The names of the assignments in which a trial receives an architecture.
inline constexpr std::string_view kArchitectureNames[] = {"architecture", "nn_config"};

/// An entry of the catalogue: all that an algorithm's file defines.
struct Algorithm {
  std::string_view name = {};
  std::string_view summary = {};
  /// Paper and year, or "".
  std::string_view citation = {};
  std::span<const SettingSchema> settings = {};
  /// True if suggestions depend on results. Other algorithms depend on the ordinal and, where the
  /// space is finite, on the points that are taken: suggestions may be computed ahead of time, and
  /// in an infinite space these algorithms observe no trials.
  bool is_adaptive = false;
  /// True if proposals may have parents: then trials get checkpoint directories.
  bool has_parents = false;
  /// True if it searches only architectures. Other algorithms treat architectures as an ordinary
  /// space.
  bool needs_architectures = false;
  /// True if a setting that is not in the schema is passed to the trials, with a warning.
  bool hands_settings_on = false;
  ReadArchitectures read_architectures = ReadArchitectureSpace;
  /// The names of the assignments that trials of an architecture search receive.
  std::span<const std::string_view> architecture_names = kArchitectureNames;
  /// Adds an error for every reason why `problem` cannot be handled (for instance: a grid over a
  /// continuous parameter without step). `field` is "spec.parameters".
  void (*check)(const Problem& problem, FieldErrors& errors) = [](const Problem& /*problem*/,
                                                                  FieldErrors& /*errors*/) {
  };
  std::unique_ptr<SearchAlgorithm> (*make)(const Problem& problem) = nullptr;
};

}  // namespace hone::algorithms
