// The fields of a batch/v1 Job that Hone knows, down to its containers. Fields whose inside does
// not matter here are known by name alone. Constant tables; any thread may read them.
#pragma once

#include <string_view>
#include <vector>

namespace hone::controller {

enum class Shape { kAny, kText, kInteger, kBool, kTexts, kTextMap, kObject, kObjects };

struct SchemaField;
using Schema = std::vector<SchemaField>;

struct SchemaField {
  std::string_view name;
  Shape shape = Shape::kAny;
  /// Of kObject and kObjects.
  const Schema* schema = nullptr;
};

[[nodiscard]] const Schema& JobSchema();

}  // namespace hone::controller
