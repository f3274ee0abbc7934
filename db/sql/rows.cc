#include "db/sql/rows.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <tuple>
#include <utility>

#include "proto/convert/document.h"
#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"

namespace hone::db {
namespace {

/// Documents come from the store itself: the limits only bound the cost of reading a damaged one.
constexpr proto::ReadLimits kStoredLimits{256U << 20U, 1'000, 50'000'000};

std::uint64_t Unsigned(const Row& row, int column) {
  return static_cast<std::uint64_t>(row.Integer(column));
}

std::int32_t Int32(const Row& row, int column) {
  return static_cast<std::int32_t>(row.Integer(column));
}

Time ReadTime(const Row& row, int column) {
  return Time(Duration(row.Integer(column)));
}

std::string ReadText(const Row& row, int column) {
  return std::string(row.Text(column));
}

/// Passes the document in `column` to `read`; `what` names it in errors.
template <typename Read>
auto ReadDocument(const Row& row, int column, const std::string& what, Read read)
    -> decltype(read(proto::Json())) {
  const auto damaged = [&](const Error& error) {
    return Fail(Code::kDataLoss, "read stored " + what + ": " + error.message);
  };
  const Result<proto::Json> tree = proto::ReadJson(row.Text(column), kStoredLimits);
  if (!tree) {
    return damaged(tree.error());
  }
  auto value = read(*tree);
  if (!value) {
    return damaged(value.error());
  }
  return value;
}

Result<std::map<std::string, std::string>> ReadTextMap(const proto::Json& tree) {
  std::map<std::string, std::string> map;
  if (!tree.is_object()) {
    return Fail(Code::kDataLoss, "must be an object");
  }
  for (const auto& [key, value] : tree.items()) {
    if (!value.is_string()) {
      return Fail(Code::kDataLoss, "value of " + key + " must be text");
    }
    map[key] = value.get_ref<const std::string&>();
  }
  return map;
}

/// Reads the numbers of interruptions and failed starts.
Result<std::pair<std::int32_t, std::int32_t>> ReadAttemptCounts(const proto::Json& tree) {
  std::pair<std::int32_t, std::int32_t> counts;
  for (const auto& [key, count] :
       {std::pair{"interruptions", &counts.first}, std::pair{"startFailures", &counts.second}}) {
    const auto value = tree.find(key);
    if (value == tree.end() || !value->is_number_integer()) {
      return Fail(Code::kDataLoss, std::string(key) + " must be a number");
    }
    *count = value->get<std::int32_t>();
  }
  return counts;
}

TrialCounts ReadCounts(const Row& row, int first) {
  TrialCounts counts;
  for (std::int64_t* const count : {&counts.created,
                                    &counts.pending,
                                    &counts.running,
                                    &counts.succeeded,
                                    &counts.failed,
                                    &counts.killed,
                                    &counts.early_stopped,
                                    &counts.metrics_unavailable}) {
    *count = row.Integer(first++);
  }
  return counts;
}

void AppendJsonText(std::string& json, const std::string& text) {
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char byte) {
    return byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
  });
  if (is_plain) {
    json.append(1, '"').append(text).append(1, '"');
  } else {
    json += proto::WriteJson(proto::Json(text));
  }
}

/// Writes the same JSON list of objects as proto::WriteAssignments and WriteMetrics, without
/// building a tree, because every trial is written twice. `fields` returns the keys and texts of
/// one item.
template <typename Item, typename Fields>
std::string WriteListText(const std::vector<Item>& items, Fields fields) {
  std::string json = "[";
  for (const Item& item : items) {
    json += json.size() > 1 ? ",{" : "{";
    for (const auto& [key, text] : fields(item)) {
      json += json.back() == '{' ? "" : ",";
      json.append(1, '"').append(key).append("\":");
      AppendJsonText(json, text.get());
    }
    json += '}';
  }
  return json + "]";
}

using Field = std::pair<std::string_view, std::reference_wrapper<const std::string>>;

}  // namespace

std::int64_t ToInteger(std::uint64_t number) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  return number > static_cast<std::uint64_t>(kMost) ? kMost : static_cast<std::int64_t>(number);
}

std::int64_t ToInteger(Time time) {
  return time.time_since_epoch().count();
}

std::int64_t ToInteger(Duration duration) {
  return duration.count();
}

std::string WriteSpecText(const ExperimentSpec& spec) {
  return proto::WriteJson(proto::WriteSpec(spec));
}

std::string WriteConditionsText(const std::vector<Condition>& conditions) {
  return proto::WriteJson(proto::WriteConditions(conditions));
}

std::string WriteAssignmentsText(const Assignments& assignments) {
  return WriteListText(assignments, [](const Assignment& assignment) {
    return std::array<Field, 2>{
        {{"name", std::cref(assignment.name)}, {"value", std::cref(assignment.value)}}};
  });
}

std::string WriteMetricsText(const std::vector<MetricSummary>& metrics) {
  return WriteListText(metrics, [](const MetricSummary& metric) {
    return std::array<Field, 4>{{{"name", std::cref(metric.name)},
                                 {"min", std::cref(metric.min)},
                                 {"max", std::cref(metric.max)},
                                 {"latest", std::cref(metric.latest)}}};
  });
}

std::string WriteAttemptCounts(const Trial& trial) {
  if (trial.interruptions == 0 && trial.start_failures == 0) {
    return "";
  }
  return proto::WriteJson(
      proto::Json{{"interruptions", trial.interruptions}, {"startFailures", trial.start_failures}});
}

std::string WriteTextMap(const std::map<std::string, std::string>& map) {
  return map.empty() ? "{}" : proto::WriteJson(proto::Json(map));
}

Result<Experiment> ReadExperimentRow(const Row& row) {
  Experiment experiment;
  experiment.key = {ReadText(row, 0), ReadText(row, 1)};
  experiment.uid = ReadText(row, 2);
  experiment.created = ReadTime(row, 3);
  experiment.generation = row.Integer(4);
  const std::string of = " of " + experiment.key.ToString();
  HONE_ASSIGN_OR_RETURN(experiment.labels, ReadDocument(row, 5, "labels" + of, ReadTextMap));
  HONE_ASSIGN_OR_RETURN(experiment.annotations,
                        ReadDocument(row, 6, "annotations" + of, ReadTextMap));
  HONE_ASSIGN_OR_RETURN(experiment.spec, ReadDocument(row, 7, "spec" + of, proto::ReadSpec));
  experiment.version = row.Integer(8);
  ExperimentStatus& status = experiment.status;
  status.start_time = ReadTime(row, 9);
  status.completion_time = ReadTime(row, 10);
  HONE_ASSIGN_OR_RETURN(status.conditions,
                        ReadDocument(row, 11, "conditions" + of, proto::ReadConditions));
  status.counts = ReadCounts(row, 12);
  if (!row.IsNull(20)) {
    status.optimal = OptimalTrial{Unsigned(row, 20), row.Real(21)};
  }
  status.running_time = Duration(row.Integer(22));
  return experiment;
}

Result<Trial> ReadTrialRow(const Row& row, const ExperimentKey& experiment) {
  Trial trial;
  trial.experiment = experiment;
  trial.ordinal = Unsigned(row, 0);
  trial.version = row.Integer(1);
  trial.state = static_cast<TrialState>(row.Integer(2));
  trial.attempt = Int32(row, 3);
  trial.failures = Int32(row, 4);
  trial.not_before = ReadTime(row, 5);
  trial.created = ReadTime(row, 6);
  trial.started = ReadTime(row, 7);
  trial.completed = ReadTime(row, 8);
  trial.reason = ReadText(row, 9);
  trial.message = ReadText(row, 10);
  HONE_ASSIGN_OR_RETURN(
      trial.assignments,
      ReadDocument(row, 11, "assignments of trial " + trial.name(), proto::ReadAssignments));
  trial.parent = Unsigned(row, 12);
  HONE_ASSIGN_OR_RETURN(trial.labels,
                        ReadDocument(row, 13, "labels of trial " + trial.name(), ReadTextMap));
  HONE_ASSIGN_OR_RETURN(
      trial.metrics, ReadDocument(row, 14, "metrics of trial " + trial.name(), proto::ReadMetrics));
  if (!row.Text(15).empty()) {
    HONE_ASSIGN_OR_RETURN(
        const auto counts,
        ReadDocument(row, 15, "attempt counts of trial " + trial.name(), ReadAttemptCounts));
    std::tie(trial.interruptions, trial.start_failures) = counts;
  }
  trial.run_time = Duration(row.Integer(16));
  return trial;
}

Observation ReadObservationRow(const Row& row) {
  return {.sequence = Unsigned(row, 0),
          .metric = ReadText(row, 3),
          .step = row.Integer(1),
          .value = ReadText(row, 4),
          .time = ReadTime(row, 2)};
}

Change ReadChangeRow(const Row& row) {
  return {.sequence = Unsigned(row, 0),
          .kind = static_cast<ChangeKind>(row.Integer(1)),
          .action = static_cast<ChangeAction>(row.Integer(2)),
          .experiment = {ReadText(row, 3), ReadText(row, 4)},
          .uid = ReadText(row, 5),
          .ordinal = Unsigned(row, 6),
          .generation = row.Integer(7),
          .subject_sequence = row.Integer(8),
          .state = ReadText(row, 9),
          .time = ReadTime(row, 10)};
}

}  // namespace hone::db
