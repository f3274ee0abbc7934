// SearchAlgorithm: which points next, given this history? The mathematics of Hone sit behind these
// two methods. An algorithm does no I/O, reads no clock, keeps no thread, and takes randomness only
// from its seed and the ordinals it is asked for. It may keep caches that the history can rebuild:
// a fresh instance that observes the same trials answers the same. Not thread-safe; one owner.
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

/// How an observed trial stands. kRunning trials have a point and no values yet.
enum class Outcome { kRunning, kComplete, kStoppedEarly, kFailed };

/// One trial as an algorithm sees it.
struct ObservedTrial {
  /// From 1. A trial is observed again when its outcome changes, never after it has ended.
  std::uint64_t ordinal = 0;
  Point point;
  Outcome outcome = Outcome::kRunning;
  /// One value an objective, each to be minimised. Empty unless there are finite values.
  std::vector<double> objectives;
  /// One value a constraint, satisfied when <= 0.
  std::vector<double> constraints;
  /// See Proposal.
  std::uint64_t parent = 0;
};

/// How a point is told to a trial where that is not the value of each parameter. Immutable; any
/// thread may use it.
class PointCodec {
 public:
  virtual ~PointCodec() = default;
  [[nodiscard]] virtual Assignments Format(const Point& point) const = 0;
  /// Nothing if no point of the space reads so.
  [[nodiscard]] virtual std::optional<Point> Parse(const Assignments& assignments) const = 0;
};

/// Where the choices of an architecture stand in a point of its space: each layer's operation, and
/// behind it one bit for each earlier layer whose output it takes too.
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

/// What an algorithm is made for. `settings` have been checked against the algorithm's schema.
struct Problem {
  SearchSpace space;
  /// Null: a trial is told the value of each parameter.
  std::shared_ptr<const PointCodec> codec = nullptr;
  /// There if the points of `space` are architectures.
  std::optional<ArchitectureLayout> layout = {};
  std::vector<Setting> settings;
  std::uint64_t seed = 0;
  /// Trials that may be created in all; nothing if unbounded.
  std::optional<std::uint64_t> max_trials;
  std::uint64_t parallel_trials = 1;
};

/// Why a point was proposed. Kept with the trial, for people; no algorithm reads it.
struct Provenance {
  /// kSequence: no result has shaped it (random, grid, Sobol). kStartup: the same, until a model
  /// has something to learn from. kModel: the best that the model sees. kExplored: where the model
  /// had nothing new to say. kAdvanced: goes on from a parent.
  enum class Origin { kSequence, kStartup, kModel, kExplored, kAdvanced };
  Origin origin = Origin::kSequence;
  /// The algorithm of the catalogue that answered, where one asks others; else "".
  std::string_view algorithm = {};
  /// The value of the acquisition function at the point, in the algorithm's own unit.
  std::optional<double> acquisition = {};
};

std::string_view ToText(Provenance::Origin origin);

struct Proposal {
  Point point;
  /// The trial whose checkpoint this one goes on from; 0 if it starts anew. Such a trial may have
  /// the point of another one.
  std::uint64_t parent = 0;
  Provenance why = {};
};

/// Proposals in the order of their ordinals. Fewer than asked for mean, with `space_ended`, that
/// there are no other points; without it, that more follow once a trial that runs has ended.
struct Proposals {
  std::vector<Proposal> list;
  bool space_ended = false;
};

class SearchAlgorithm {
 public:
  virtual ~SearchAlgorithm() = default;
  /// New trials, and trials whose outcome has changed, in any order.
  virtual void Observe(std::span<const ObservedTrial> trials) = 0;
  /// Points for the ordinals first_ordinal ... first_ordinal + count - 1. Every point handed out
  /// is observed before the next call, first as kRunning.
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

/// Reads a nasConfig into the space, codec and layout of `problem`, whose settings are there. Adds
/// an error under "spec.nasConfig" for everything that stands in the way.
using ReadArchitectures = void (*)(const NasConfig& nas, Problem& problem, FieldErrors& errors);
/// The ReadArchitectures of everyone who searches architectures as a space.
void ReadArchitectureSpace(const NasConfig& nas, Problem& problem, FieldErrors& errors);

/// The names under which trials are told an architecture.
inline constexpr std::string_view kArchitectureNames[] = {"architecture", "nn_config"};

/// An entry of the catalogue: everything that follows from an algorithm's file.
struct Algorithm {
  std::string_view name = {};
  std::string_view summary = {};
  /// Paper and year, or "".
  std::string_view citation = {};
  std::span<const SettingSchema> settings = {};
  /// True if suggestions depend on results. Others depend on the ordinal and, where the space is
  /// finite, on the points that are taken: they may be asked ahead of time, and in an infinite
  /// space they are told of no trials.
  bool is_adaptive = false;
  /// True if proposals may have parents: then trials are given checkpoint directories.
  bool has_parents = false;
  /// True if it searches architectures and nothing else. Others take them as one more space.
  bool needs_architectures = false;
  /// True if a setting that is not in the schema is handed on to the trials, with a warning.
  bool hands_settings_on = false;
  ReadArchitectures read_architectures = ReadArchitectureSpace;
  /// What the trials of an architecture search are told.
  std::span<const std::string_view> architecture_names = kArchitectureNames;
  /// Adds an error for every reason why `problem` cannot be handled (for instance: a grid over a
  /// continuous parameter without step). `field` is "spec.parameters".
  void (*check)(const Problem& problem, FieldErrors& errors) = [](const Problem& /*problem*/,
                                                                  FieldErrors& /*errors*/) {
  };
  std::unique_ptr<SearchAlgorithm> (*make)(const Problem& problem) = nullptr;
};

}  // namespace hone::algorithms
