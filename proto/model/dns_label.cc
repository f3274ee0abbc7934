#include "proto/model/dns_label.h"

#include <algorithm>

namespace hone {

bool IsDnsLabel(std::string_view text) {
  const auto is_label = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), is_label);
}

}  // namespace hone
