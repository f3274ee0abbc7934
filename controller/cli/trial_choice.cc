#include "controller/cli/trial_choice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "controller/cli/query.h"
#include "controller/cli/trial_columns.h"

namespace hone::controller {
namespace {

using Test = std::function<bool(const Trial&)>;

// The longer first: "<=" begins with "<".
constexpr std::array<std::string_view, 6> kOperators = {"!=", "<=", ">=", "=", "<", ">"};

bool Holds(std::string_view operation, const std::string& left, const std::string& right) {
  if (left.empty()) {
    return false;
  }
  const std::optional<double> a = ParseNumber(left);
  const std::optional<double> b = ParseNumber(right);
  const bool are_numbers = a && b;
  if (operation == "=" || operation == "!=") {
    return (are_numbers ? *a == *b : left == right) == (operation == "=");
  }
  return are_numbers && (operation == "<"    ? *a < *b
                         : operation == "<=" ? *a <= *b
                         : operation == ">"  ? *a > *b
                                             : *a >= *b);
}

// Where the operator of a condition stands, and which it is; nothing if there is none.
std::optional<std::pair<std::size_t, std::string_view>> FindOperator(const std::string& condition) {
  const std::size_t at = condition.find_first_of("!=<>");
  for (const std::string_view operation : kOperators) {
    if (at != std::string::npos && condition.compare(at, operation.size(), operation) == 0) {
      return std::pair(at, operation);
    }
  }
  return std::nullopt;
}

Result<Test> TestOf(const std::string& condition, const Experiment& experiment) {
  const auto found = FindOperator(condition);
  if (!found) {
    return Fail(Code::kInvalidArgument,
                "--where " + condition + ": write COLUMN, one of = != < <= > >=, and a value");
  }
  const std::size_t at = found->first;
  const std::string_view operation = found->second;
  Result<std::vector<TrialColumn>> column = NamedColumns(experiment, condition.substr(0, at));
  if (!column || column->size() != 1) {
    return Fail(
        Code::kInvalidArgument,
        "--where " + condition + ": " + (column ? "give one column" : column.error().message));
  }
  return [column = column->front(),
          now = SystemClock().Now(),
          operation,
          value = condition.substr(at + operation.size())](const Trial& trial) {
    return Holds(operation, column.value({trial, trial.metrics, now}), value);
  };
}

Result<Test> TestOfAll(const std::vector<std::string>& conditions, const Experiment& experiment) {
  std::vector<Test> tests;
  for (const std::string& condition : conditions) {
    HONE_ASSIGN_OR_RETURN(Test test, TestOf(condition, experiment));
    tests.push_back(std::move(test));
  }
  return [tests = std::move(tests)](const Trial& trial) {
    return std::all_of(tests.begin(), tests.end(), [&](const Test& test) { return test(trial); });
  };
}

// By what trials are sorted: a number before a text, and nothing last.
struct SortKey {
  std::optional<double> number;
  std::string text;

  [[nodiscard]] int Rank() const { return number ? 0 : text.empty() ? 2 : 1; }
  bool operator<(const SortKey& other) const {
    if (Rank() != other.Rank()) {
      return Rank() < other.Rank();
    }
    return number ? *number < *other.number : text < other.text;
  }
};

using KeyOf = std::function<SortKey(const Trial&)>;

KeyOf KeyOfObjective(const Objective& objective) {
  const double sign = objective.type == ObjectiveType::kMaximize ? -1.0 : 1.0;
  return [objective, sign](const Trial& trial) {
    const std::optional<double> value = ObjectiveValue(objective, trial.metrics);
    return SortKey{value ? std::optional(sign * *value) : std::nullopt, ""};
  };
}

// "objective" puts the best first, a column its smallest value, "-" before it its largest.
Result<KeyOf> KeyOfSort(const std::string& sort, const Experiment& experiment) {
  if (sort == "objective") {
    return KeyOfObjective(experiment.spec.objective.value_or(Objective{}));
  }
  const bool is_reverse = sort.starts_with('-');
  Result<std::vector<TrialColumn>> column =
      NamedColumns(experiment, sort.substr(is_reverse ? 1 : 0));
  if (!column || column->size() != 1) {
    return Fail(
        Code::kInvalidArgument,
        "--sort " + sort + ": " +
            (column ? "give one column" : column.error().message + ", or objective, ordinal"));
  }
  return [column = column->front(), sign = is_reverse ? -1.0 : 1.0, now = SystemClock().Now()](
             const Trial& trial) {
    const std::string text = column.value({trial, trial.metrics, now});
    const std::optional<double> number = ParseNumber(text);
    const bool is_number = number && !std::isnan(*number);
    return SortKey{is_number ? std::optional(sign * *number) : std::nullopt, text};
  };
}

// Visits the first `limit` trials by their keys; of equals the older come first.
Status VisitSorted(db::Store& store,
                   const db::TrialQuery& query,
                   const Test& is_chosen,
                   const KeyOf& key_of,
                   std::size_t limit,
                   const Visit& visit) {
  struct Ranked {
    SortKey key;
    Trial trial;
  };
  const auto is_before = [&](const Ranked& a, const Ranked& b) {
    return a.key < b.key || (!(b.key < a.key) && a.trial.ordinal < b.trial.ordinal);
  };
  // A heap of the first so far, the last of them at its front.
  std::vector<Ranked> first;
  HONE_RETURN_IF_ERROR(ForEachTrial(store, query, [&](const Trial& trial) {
    if (!is_chosen(trial)) {
      return true;
    }
    first.push_back({key_of(trial), trial});
    std::push_heap(first.begin(), first.end(), is_before);
    if (first.size() > limit) {
      std::pop_heap(first.begin(), first.end(), is_before);
      first.pop_back();
    }
    return true;
  }));
  std::sort_heap(first.begin(), first.end(), is_before);
  for (const Ranked& ranked : first) {
    if (!visit(ranked.trial)) {
      break;
    }
  }
  return {};
}

// Visits the first `limit` trials in the order in which they were created.
Status VisitInOrder(db::Store& store,
                    const db::TrialQuery& query,
                    const Test& is_chosen,
                    std::size_t limit,
                    const Visit& visit) {
  std::size_t left = limit;
  if (left == 0) {
    return {};
  }
  return ForEachTrial(store, query, [&](const Trial& trial) {
    return !is_chosen(trial) || (visit(trial) && --left > 0);
  });
}

}  // namespace

Status VisitChosen(db::Store& store,
                   const Experiment& experiment,
                   const TrialChoice& choice,
                   const Visit& visit) {
  HONE_ASSIGN_OR_RETURN(const Test is_chosen, TestOfAll(choice.conditions, experiment));
  db::TrialQuery query{.experiment = experiment.key, .states = choice.states};
  if (choice.sort != "ordinal") {
    HONE_ASSIGN_OR_RETURN(const KeyOf key_of, KeyOfSort(choice.sort, experiment));
    return VisitSorted(store, query, is_chosen, key_of, choice.limit, visit);
  }
  if (choice.conditions.empty()) {
    query.limit = choice.limit;
  }
  return VisitInOrder(store, query, is_chosen, choice.limit, visit);
}

}  // namespace hone::controller
