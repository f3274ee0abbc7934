// Flags beside a manifest: `hone run experiment.yaml -n 4 --algorithm tpe` runs the experiment of
// the file with these fields changed. A flag means what it means without a manifest. Pure.
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
  /// What is wrong with flags: "--timeout soon: write a duration such as 90s, 15m or 2h".
  std::vector<std::string> faults;

  /// The flag that wrote `field` or what holds it; empty if none did.
  [[nodiscard]] std::string FlagOf(const std::string& field) const;
};

/// Changes an Experiment's tree, of whatever shape, by the flags that were given. What the tree
/// then means is for admission to say.
FlagChanges ApplyFlags(const InlineFlags& flags, proto::Json& tree);

}  // namespace hone::controller
