#include "controller/cli/trial_choice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "controller/cli/query.h"
#include "controller/cli/text.h"
#include "controller/cli/trial_columns.h"

namespace hone::controller {
namespace {

using Test = std::function<bool(const Trial&)>;

// Longer operators first: "<=" begins with "<".
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

// The position of the operator in a condition, and the operator; nothing if there is none.
std::optional<std::pair<std::size_t, std::string_view>> FindOperator(const std::string& condition) {
  const std::size_t at = condition.find_first_of("!=<>");
  for (const std::string_view operation : kOperators) {
    if (at != std::string::npos && condition.compare(at, operation.size(), operation) == 0) {
      return std::pair(at, operation);
    }
  }
  return std::nullopt;
}

bool IsNumber(const std::string& text) {
  const std::optional<double> number = ParseNumber(text);
  return number && !std::isnan(*number);
}

tl::unexpected<Error> WrongCondition(const std::string& condition, const std::string& fault) {
  return Fail(Code::kInvalidArgument, "--where " + condition + ": " + fault);
}

Result<Test> TestOf(const std::string& condition, const Experiment& experiment) {
  const auto found = FindOperator(condition);
  if (!found) {
    return WrongCondition(condition, "write COLUMN, one of = != < <= > >=, and a value");
  }
  const auto [at, operation] = *found;
  const Result<std::vector<TrialColumn>> column = NamedColumns(experiment, condition.substr(0, at));
  if (!column || column->size() != 1) {
    return WrongCondition(condition, column ? "give one column" : column.error().message);
  }
  const std::string value = Trimmed(condition.substr(at + operation.size()));
  if ((operation.front() == '<' || operation.front() == '>') && !IsNumber(value)) {
    return WrongCondition(condition,
                          std::string(operation) + " compares numbers, and \"" + value +
                              "\" is none; = and != compare texts");
  }
  return [column = column->front(), now = SystemClock().Now(), operation = operation, value](
             const Trial& trial) {
    return Holds(operation, column.value({trial, now}), value);
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

// The key by which trials are sorted: numbers before texts, and trials without a value last, in
// reverse order too.
struct SortKey {
  std::optional<double> number;
  std::string text;

  [[nodiscard]] int Rank() const { return number ? 0 : text.empty() ? 2 : 1; }
};

struct Order {
  std::function<SortKey(const Trial&)> key_of;
  bool is_reverse = false;

  [[nodiscard]] bool IsBefore(const SortKey& a, const SortKey& b) const {
    if (a.Rank() != b.Rank()) {
      return a.Rank() < b.Rank();
    }
    const SortKey& first = is_reverse ? b : a;
    const SortKey& second = is_reverse ? a : b;
    return first.number ? *first.number < *second.number : first.text < second.text;
  }
};

// A running trial is sorted by its latest value, which tables show too.
Order ByObjective(const Objective& objective) {
  const auto key_of = [objective](const Trial& trial) {
    const MetricStrategy strategy = IsTerminal(trial.state)
                                        ? objective.StrategyOf(objective.metric_name)
                                        : MetricStrategy::kLatest;
    for (const MetricSummary& metric : trial.metrics) {
      if (metric.name == objective.metric_name) {
        return SortKey{metric.Value(strategy), ""};
      }
    }
    return SortKey{};
  };
  return {key_of, objective.type == ObjectiveType::kMaximize};
}

// "objective" sorts the best first, a column its smallest value first, and "-" before a column its
// largest first.
Result<Order> OrderOf(const std::string& sort, const Experiment& experiment) {
  if (sort == "objective") {
    return ByObjective(experiment.spec.objective.value_or(Objective{}));
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
  const auto key_of = [column = column->front(), now = SystemClock().Now()](const Trial& trial) {
    const std::string text = column.value({trial, now});
    return SortKey{IsNumber(text) ? ParseNumber(text) : std::nullopt, text};
  };
  return Order{key_of, is_reverse};
}

// Visits trials, in the order in which they were created, until the visit returns false.
using Source = std::function<Status(const Visit&)>;

// The trials of `query` for which `is_chosen` is true; running trials have the metrics that they
// have reported so far. The arguments outlive the result.
Source ChosenOf(db::Store& store,
                const Experiment& experiment,
                const db::TrialQuery& query,
                const Test& is_chosen) {
  return [&](const Visit& visit) -> Status {
    Status status;
    HONE_RETURN_IF_ERROR(ForEachTrial(store, query, [&](Trial& trial) {
      status = FillMetrics(store, experiment, trial);
      return status && (!is_chosen(trial) || visit(trial));
    }));
    return status;
  };
}

// Visits the first `limit` trials in the order of their keys; among equal keys older trials come
// first.
Status VisitSorted(const Source& chosen,
                   const Order& order,
                   std::size_t limit,
                   const Visit& visit) {
  struct Ranked {
    SortKey key;
    Trial trial;
  };
  const auto is_before = [&](const Ranked& a, const Ranked& b) {
    return order.IsBefore(a.key, b.key) ||
           (!order.IsBefore(b.key, a.key) && a.trial.ordinal < b.trial.ordinal);
  };
  // A heap of the first trials so far, with the last of them at its front.
  std::vector<Ranked> first;
  HONE_RETURN_IF_ERROR(chosen([&](const Trial& trial) {
    first.push_back({order.key_of(trial), trial});
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
Status VisitInOrder(const Source& chosen, std::size_t limit, const Visit& visit) {
  std::size_t left = limit;
  if (left == 0) {
    return {};
  }
  return chosen([&](const Trial& trial) { return visit(trial) && --left > 0; });
}

}  // namespace

Status VisitChosen(db::Store& store,
                   const Experiment& experiment,
                   const TrialChoice& choice,
                   const Visit& visit) {
  HONE_ASSIGN_OR_RETURN(const Test is_chosen, TestOfAll(choice.conditions, experiment));
  db::TrialQuery query{.experiment = experiment.key, .states = choice.states};
  const bool is_in_order = choice.sort == "ordinal";
  if (is_in_order && choice.conditions.empty()) {
    query.limit = choice.limit;
  }
  const Source chosen = ChosenOf(store, experiment, query, is_chosen);
  if (!is_in_order) {
    HONE_ASSIGN_OR_RETURN(const Order order, OrderOf(choice.sort, experiment));
    return VisitSorted(chosen, order, choice.limit, visit);
  }
  return VisitInOrder(chosen, choice.limit, visit);
}

}  // namespace hone::controller
