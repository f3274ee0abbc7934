// The fields of a batch/v1 Job that Hone knows, down to its containers. Of fields whose content
// does not matter here only the name is known. Constant tables; any thread may read them.
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
  /// The fields inside; set for kObject and kObjects only.
  const Schema* schema = nullptr;
};

[[nodiscard]] const Schema& JobSchema();

}  // namespace hone::controller
