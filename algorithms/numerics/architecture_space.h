// ArchitectureSpace: the architectures of a nasConfig as a plain SearchSpace, and how a point of it
// is told to a trial. Each layer chooses one of the candidate operations, and for each earlier
// layer whether it takes its output too; all of these are categorical parameters. Immutable; any
// thread may use it.
//
// The candidates are the operations of the nasConfig with every combination of their parameters,
// numbered from 0: operation by operation, the last parameter fastest. Trials get two texts, which
// are Katib's: `architecture`, "[[3], [12, 1], [0, 0, 1]]", an operation's number and the bits of
// each layer; and `nn_config`, JSON with single quotes, which says what the numbers stand for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "algorithms/algorithm.h"
#include "proto/model/nas_config.h"

namespace hone::algorithms {

class ArchitectureSpace final : public PointCodec {
 public:
  /// A space has layers * (layers + 1) / 2 parameters, and each layer all operations.
  static constexpr std::size_t kLayersMax = 64;
  static constexpr std::size_t kOperationsMax = 1024;

  /// Adds an error for everything that is wrong, under "spec.nasConfig", and then returns nothing.
  static std::optional<ArchitectureSpace> Make(const NasConfig& nas, FieldErrors& errors);

  [[nodiscard]] const SearchSpace& space() const { return space_; }
  [[nodiscard]] const ArchitectureLayout& layout() const { return layout_; }

  [[nodiscard]] Assignments Format(const Point& point) const override;
  /// Reads `architecture` alone: nn_config follows from it, and trials that were stored by a
  /// version that writes it in another way are still trials to learn from.
  [[nodiscard]] std::optional<Point> Parse(const Assignments& assignments) const override;

 private:
  ArchitectureSpace() = default;
  [[nodiscard]] std::size_t ChoiceAt(const Point& point, std::size_t place) const;
  [[nodiscard]] std::string FormatArchitecture(const Point& point) const;
  [[nodiscard]] std::string FormatConfig(const Point& point) const;

  ArchitectureLayout layout_;
  SearchSpace space_;
  /// What nn_config says of each candidate: "{'opt_id': 0, ...}".
  std::vector<std::string> candidates_;
  /// nn_config as far as all architectures share it.
  std::string config_head_;
};

/// True if a text can stand between single quotes as it is: it has no quotes, backslashes and
/// control characters.
bool IsPlain(std::string_view text);

/// What is wrong with an experiment without a nasConfig whose algorithm needs one.
FieldError MissingNasConfig(std::string_view algorithm);

}  // namespace hone::algorithms
