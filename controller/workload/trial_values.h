// TrialValues: the values that a trial puts into the holes of its experiment's template: one for
// each of trialParameters, then the trial's own name and namespace. Const use is thread-safe.
#pragma once

#include <string>
#include <vector>

#include "proto/convert/document.h"
#include "proto/core/result.h"
#include "proto/model/field_error.h"
#include "proto/model/trial.h"

namespace hone {
struct ExperimentSpec;
struct TrialParameter;
}  // namespace hone

namespace hone::controller {

/// Placeholders for the trial's name and namespace. A parameter's name may not contain a brace, so
/// no user's placeholder can be the same.
inline constexpr const char* kTrialNamePlaceholder = "${trialParameters.{name}";
inline constexpr const char* kTrialNamespacePlaceholder = "${trialParameters.{namespace}";

class TrialValues {
 public:
  /// The values of one trial, in the order of names().
  struct Filling {
    std::vector<std::string> values;
    /// The names of conditional parameters that are not active in the trial. Their values are "".
    std::vector<std::string> absent;
  };

  /// `spec` has a trial template. Metadata references (${trialSpec.Labels[key]} and the like) are
  /// read from `object`, its workload; a reference to metadata that the object lacks is an error.
  TrialValues(const ExperimentSpec& spec, const proto::Json& object, FieldErrors& errors);

  /// The name of each value, as placeholders name it.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  /// Error (kInvalidArgument): an assignment that every trial has is missing, or one contains a
  /// NUL, which no command line can hold.
  [[nodiscard]] Result<Filling> Of(const Trial& trial) const;

 private:
  struct Source {
    enum class Kind { kAssignment, kConstant, kTrialName, kTrialNamespace };
    Kind kind = Kind::kAssignment;
    /// The assignment's name, or the constant.
    std::string text;
    /// An assignment that not every trial has.
    bool is_conditional = false;
  };
  [[nodiscard]] static Result<std::string> Read(const Source& source, const Trial& trial);
  static Source ReadReference(const TrialParameter& parameter,
                              const proto::Json& object,
                              const std::string& field,
                              FieldErrors& errors);

  std::vector<std::string> names_;
  std::vector<Source> sources_;
};

}  // namespace hone::controller
