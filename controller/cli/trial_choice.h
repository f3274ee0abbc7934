// TrialChoice: which trials of an experiment a list shows, and in which order. Trials are read in
// pages; while sorting, at most `limit` trials are kept. Used by one command at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "db/store/store.h"
#include "proto/core/result.h"

namespace hone {
struct Experiment;
}

namespace hone::controller {

using Visit = std::function<bool(const Trial&)>;

struct TrialChoice {
  /// The states to show; empty: all.
  std::vector<TrialState> states;
  /// "COLUMN OPERATOR VALUE"; all of them must hold. = and != compare texts, or numbers if both
  /// sides are numbers; < <= > >= compare numbers, and VALUE must be one. A trial without a value
  /// in the column fulfils no condition on it.
  std::vector<std::string> conditions;
  /// "ordinal"; "objective": the best first; a column: its smallest value first; "-" and a column:
  /// its largest value first.
  std::string sort = "ordinal";
  std::size_t limit = SIZE_MAX;
};

/// Visits the chosen trials until `visit` returns false. Running trials have the metrics that they
/// have reported so far.
Status VisitChosen(db::Store& store,
                   const Experiment& experiment,
                   const TrialChoice& choice,
                   const Visit& visit);

}  // namespace hone::controller
