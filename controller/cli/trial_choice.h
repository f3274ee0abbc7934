// TrialChoice: which trials of an experiment a list shows, and in which order. Read in pages; what
// is sorted is kept up to the limit. Called by one command at a time.
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
  /// Empty: any.
  std::vector<TrialState> states;
  /// "COLUMN OPERATOR VALUE", of which all must hold: = and != compare texts, or numbers if both
  /// sides are; < <= > >= numbers, and VALUE must be one. What has no value fulfils none.
  std::vector<std::string> conditions;
  /// "ordinal"; "objective", the best first; a column, its smallest value first; "-" before a
  /// column, the largest.
  std::string sort = "ordinal";
  std::size_t limit = SIZE_MAX;
};

/// Visits the chosen trials until `visit` returns false. Those that run have the metrics that they
/// have reported so far.
Status VisitChosen(db::Store& store,
                   const Experiment& experiment,
                   const TrialChoice& choice,
                   const Visit& visit);

}  // namespace hone::controller
