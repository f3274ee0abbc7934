// ArchitectureSpace: the architectures of a nasConfig as a plain SearchSpace, and the encoding in
// which a trial receives a point. Each layer chooses one of the candidate operations, and for each
// earlier layer whether it also takes its output; all of these are categorical parameters.
// Immutable; any thread may use it.
//
// The candidates are the operations of the nasConfig with every combination of their parameters,
// numbered from 0: operation by operation, the last parameter fastest. Trials get two strings in
// Katib's format: `architecture`, "[[3], [12, 1], [0, 0, 1]]", an operation's number and the bits
// of each layer; and `nn_config`, JSON with single quotes, which describes the numbered operations.
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
  /// A space has layers * (layers + 1) / 2 parameters, and each layer can choose any operation.
  static constexpr std::size_t kLayersMax = 64;
  static constexpr std::size_t kOperationsMax = 1024;

  /// Adds an error under "spec.nasConfig" for everything that is wrong, and then returns nothing.
  static std::optional<ArchitectureSpace> Make(const NasConfig& nas, FieldErrors& errors);

  [[nodiscard]] const SearchSpace& space() const { return space_; }
  [[nodiscard]] const ArchitectureLayout& layout() const { return layout_; }

  [[nodiscard]] Assignments Format(const Point& point) const override;
  /// Reads `architecture` alone: nn_config follows from it, and trials stored by a version that
  /// formats nn_config differently can still be learned from.
  [[nodiscard]] std::optional<Point> Parse(const Assignments& assignments) const override;

 private:
  ArchitectureSpace() = default;
  [[nodiscard]] std::size_t ChoiceAt(const Point& point, std::size_t place) const;
  [[nodiscard]] std::string FormatArchitecture(const Point& point) const;
  [[nodiscard]] std::string FormatConfig(const Point& point) const;

  ArchitectureLayout layout_;
  SearchSpace space_;
  /// The nn_config entry of each candidate: "{'opt_id': 0, ...}".
  std::vector<std::string> candidates_;
  /// The part of nn_config that all architectures share.
  std::string config_head_;
};

/// True if a text can stand between single quotes unchanged: it has no quotes, backslashes or
/// control characters.
bool IsPlain(std::string_view text);

/// The error for an experiment without a nasConfig whose algorithm needs one.
FieldError MissingNasConfig(std::string_view algorithm);

}  // namespace hone::algorithms
