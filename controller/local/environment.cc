#include "controller/local/environment.h"

#include <map>

#include <unistd.h>

namespace hone::controller {

Environment Environment::OfThisProcess() {
  EnvironmentBlock inherited;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    inherited.emplace_back(*entry);
  }
  return Environment(std::move(inherited));
}

EnvironmentBlock Environment::With(
    const std::vector<std::pair<std::string, std::string>>& additions) const {
  std::map<std::string_view, std::string_view> added;
  for (const auto& [name, value] : additions) {
    added[name] = value;
  }
  EnvironmentBlock block;
  block.reserve(inherited_.size() + added.size());
  for (const std::string& entry : inherited_) {
    if (!added.contains(std::string_view(entry).substr(0, entry.find('=')))) {
      block.push_back(entry);
    }
  }
  for (const auto& [name, value] : added) {
    block.push_back(std::string(name).append("=").append(value));
  }
  return block;
}

std::string_view ValueOf(const EnvironmentBlock& block, std::string_view name) {
  for (const std::string_view entry : block) {
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=') {
      return entry.substr(name.size() + 1);
    }
  }
  return {};
}

}  // namespace hone::controller
