// Flags beside a manifest: `hone run experiment.yaml -n 4 --algorithm tpe` runs the experiment of
// the file with these fields changed. Each flag has the same meaning as without a manifest. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controller/cli/inline_experiment.h"
#include "proto/convert/document.h"

namespace hone::controller {

struct FlagChanges {
  /// Field -> the flag that wrote it: "spec.maxTrialCount" -> "--trials".
  std::map<std::string, std::string> flags;
  /// The faults of flags: "--timeout soon: write a duration such as 90s, 15m or 2h".
  std::vector<std::string> faults;

  /// The flag that wrote `field` or a field that contains it; empty if none did.
  [[nodiscard]] std::string FlagOf(const std::string& field) const;
};

/// Changes an Experiment's tree, of whatever shape, according to the given flags. The result is
/// checked later, by admission.
FlagChanges ApplyFlags(const InlineFlags& flags, proto::Json& tree);

}  // namespace hone::controller
