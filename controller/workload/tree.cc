#include "controller/workload/tree.h"

namespace hone::controller {

const proto::Json& At(const proto::Json& object, const std::string& key) {
  static const proto::Json nothing;
  if (!object.is_object()) {
    return nothing;
  }
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

std::string TextAt(const proto::Json& object, const std::string& key) {
  const proto::Json& value = At(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}

}  // namespace hone::controller
