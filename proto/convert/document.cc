#include "proto/convert/document.h"

namespace hone::proto {

Position Document::Find(std::string_view field) const {
  while (true) {
    const auto found = positions.find(std::string(field));
    if (found != positions.end()) {
      return found->second;
    }
    if (field.empty()) {
      return {};
    }
    const std::size_t parent = field.find_last_of(".[");
    field = field.substr(0, parent == std::string_view::npos ? 0 : parent);
  }
}

}  // namespace hone::proto
