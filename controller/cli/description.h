// Descriptions: one experiment, trial or algorithm as a page for people. Pure.
#pragma once

#include <optional>
#include <string>

#include "controller/cli/algorithm_tree.h"
#include "controller/cli/terminal.h"
#include "proto/model/trial.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

/// `failures` is the text of FailureText.
std::string DescribeExperiment(const Experiment& experiment,
                               const std::optional<Trial>& best,
                               const std::string& failures,
                               const std::string& status_word,
                               const Painter& painter);

std::string DescribeTrial(const Experiment& experiment,
                          const Trial& trial,
                          const std::string& log,
                          const Painter& painter);

std::string DescribeAlgorithm(const Catalogued& entry, const Painter& painter);

}  // namespace hone::controller
