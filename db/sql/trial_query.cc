#include "db/sql/trial_query.h"

#include <algorithm>
#include <set>

#include "db/sql/statements.h"

namespace hone::db {
namespace {

/// The states are numbers of TrialState, at most seven: as literals in the statement they let the
/// planner see that the index of active trials covers the query.
std::string StateCondition(const std::vector<TrialState>& states) {
  if (states.empty()) {
    return "";
  }
  std::string condition;
  for (const TrialState state : std::set<TrialState>(states.begin(), states.end())) {
    condition += condition.empty() ? "AND state IN (" : ", ";
    condition += std::to_string(static_cast<int>(state));
  }
  condition += ") ";
  const bool only_active = std::none_of(states.begin(), states.end(), IsTerminal);
  return only_active ? condition + "AND state < 2 " : condition;
}

}  // namespace

std::string TrialQueryStatement(const TrialQuery& query) {
  const bool by_change = query.changed_since > 0;
  std::string statement(sql::kSelectTrials);
  // "+" keeps the planner from scanning the key in order, past every trial that did not change.
  statement += by_change ? "AND +ordinal > $3 " : "AND ordinal > $3 ";
  statement += by_change ? sql::kChangedSince : "";
  statement += StateCondition(query.states);
  statement += by_change ? "ORDER BY +ordinal " : "ORDER BY ordinal ";
  statement += query.descending ? "DESC LIMIT " : "LIMIT ";
  return statement + (by_change ? "$5" : "$4");
}

}  // namespace hone::db
