// Writing fields: as with Go's omitempty, empty values are left out. Also the parts of a spec that
// several kinds have. Pure; private to proto/convert.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/convert/document.h"
#include "proto/model/algorithm_spec.h"
#include "proto/model/condition.h"
#include "proto/model/metrics_collector_spec.h"
#include "proto/model/objective.h"

namespace hone {
struct Experiment;
}

namespace hone::proto {

inline void PutText(Json& object, const char* key, std::string_view text) {
  if (!text.empty()) {
    object[key] = text;
  }
}

inline void PutTime(Json& object, const char* key, Time time) {
  PutText(object, key, FormatTime(time));
}

template <typename T>
void PutOptional(Json& object, const char* key, const std::optional<T>& value) {
  if (value) {
    object[key] = *value;
  }
}

/// Writes a list or an object unless it is empty.
inline void PutNonEmpty(Json& object, const char* key, Json value) {
  if (!value.empty()) {
    object[key] = std::move(value);
  }
}

template <typename T, typename Write>
Json WriteList(const std::vector<T>& items, Write write) {
  Json list = Json::array();
  for (const T& item : items) {
    list.push_back(write(item));
  }
  return list;
}

Json WriteObjective(const Objective& objective);
Json WriteAlgorithm(const AlgorithmSpec& algorithm);
Json WriteMetricsCollector(const MetricsCollectorSpec& collector);
/// `type` as text: a trial's conditions have types of their own.
Json WriteCondition(std::string_view type, const Condition& condition);

/// The metadata of a kind that belongs to `experiment`.
Json WriteMetadata(const Experiment& experiment, std::string_view name);

}  // namespace hone::proto
