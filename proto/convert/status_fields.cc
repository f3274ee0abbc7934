// The fields that the status of several kinds share, in both directions: conditions, metrics,
// assignments.
#include <utility>

#include "proto/convert/field_reader.h"
#include "proto/convert/field_writer.h"
#include "proto/convert/manifest.h"

namespace hone::proto {
namespace {

using Type = FieldError::Type;

// Reads a list from the store. Hone wrote it, so a fault in it is an error.
template <typename T>
Result<std::vector<T>> ReadStored(const Json& tree, const char* name, T (*read)(FieldReader&)) {
  FieldErrors errors;
  const Json object{{name, tree}};
  FieldReader reader(object, "", errors);
  std::optional<std::vector<T>> items = reader.Objects(name, read);
  if (!errors.empty()) {
    return Fail(Code::kDataLoss, "reading stored " + errors.front().ToString());
  }
  return std::move(items).value_or(std::vector<T>{});
}

Condition ReadCondition(FieldReader& reader) {
  Condition condition;
  const std::string type = reader.Text("type");
  if (const std::optional<ConditionType> known = FromText<ConditionType>(type)) {
    condition.type = *known;
  } else {
    reader.Report(Type::kInvalid, "type", type, "must be " + JoinWords(WordsOf<ConditionType>()));
  }
  const std::string status = reader.Text("status");
  if (status != "True" && status != "False") {
    reader.Report(Type::kInvalid, "status", status, "must be True or False");
  }
  condition.status = status == "True";
  condition.reason = reader.Text("reason");
  condition.message = reader.Text("message");
  condition.last_update = reader.Instant("lastUpdateTime");
  condition.last_transition = reader.Instant("lastTransitionTime");
  return condition;
}

MetricSummary ReadMetric(FieldReader& reader) {
  return {.name = reader.Text("name"),
          .min = reader.Text("min"),
          .max = reader.Text("max"),
          .latest = reader.Text("latest")};
}

Assignment ReadAssignment(FieldReader& reader) {
  return {.name = reader.Text("name"), .value = reader.Text("value")};
}

}  // namespace

Json WriteCondition(std::string_view type, const Condition& condition) {
  Json object{{"type", type}, {"status", condition.status ? "True" : "False"}};
  PutText(object, "reason", condition.reason);
  PutText(object, "message", condition.message);
  PutTime(object, "lastUpdateTime", condition.last_update);
  PutTime(object, "lastTransitionTime", condition.last_transition);
  return object;
}

Result<std::vector<Condition>> ReadConditions(const Json& tree) {
  return ReadStored(tree, "conditions", ReadCondition);
}

Json WriteConditions(const std::vector<Condition>& conditions) {
  return WriteList(conditions, [](const Condition& condition) {
    return WriteCondition(ToText(condition.type), condition);
  });
}

Result<std::vector<MetricSummary>> ReadMetrics(const Json& tree) {
  return ReadStored(tree, "metrics", ReadMetric);
}

Json WriteMetrics(const std::vector<MetricSummary>& metrics) {
  return WriteList(metrics, [](const MetricSummary& metric) {
    return Json{
        {"name", metric.name}, {"min", metric.min}, {"max", metric.max}, {"latest", metric.latest}};
  });
}

Result<Assignments> ReadAssignments(const Json& tree) {
  return ReadStored(tree, "parameterAssignments", ReadAssignment);
}

Json WriteAssignments(const Assignments& assignments) {
  return WriteList(assignments, [](const Assignment& assignment) {
    return Json{{"name", assignment.name}, {"value", assignment.value}};
  });
}

}  // namespace hone::proto
