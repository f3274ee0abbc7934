#include "controller/local/environment.h"

#include <algorithm>

#include <unistd.h>

namespace hone::controller {
namespace {

bool Names(std::string_view entry, std::string_view name) {
  return entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name);
}

std::string_view NameOf(std::string_view entry) {
  return entry.substr(0, entry.find('='));
}

}  // namespace

Environment Environment::OfThisProcess() {
  std::vector<std::string> inherited;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    inherited.emplace_back(*entry);
  }
  return Environment(std::move(inherited));
}

void Environment::Set(std::string_view name, std::string_view value) {
  std::erase_if(own_, [&](const std::string& entry) { return Names(entry, name); });
  own_.push_back(std::string(name).append("=").append(value));
}

void Environment::SetDefault(std::string_view name, std::string_view value) {
  if (Find(name) == nullptr) {
    Set(name, value);
  }
}

std::string_view Environment::Get(std::string_view name) const {
  const std::string* const entry = Find(name);
  return entry == nullptr ? std::string_view() : std::string_view(*entry).substr(name.size() + 1);
}

const std::string* Environment::Find(std::string_view name) const {
  for (const std::vector<std::string>* const entries : {&own_, inherited_.get()}) {
    for (const std::string& entry : *entries) {
      if (Names(entry, name)) {
        return &entry;
      }
    }
  }
  return nullptr;
}

std::vector<char*> Environment::Block() const {
  std::vector<char*> block;
  block.reserve(own_.size() + inherited_->size() + 1);
  for (const std::string& entry : own_) {
    block.push_back(const_cast<char*>(entry.c_str()));
  }
  for (const std::string& entry : *inherited_) {
    const std::string_view name = NameOf(entry);
    const bool is_replaced = std::any_of(
        own_.begin(), own_.end(), [&](const std::string& own) { return Names(own, name); });
    if (!is_replaced) {
      block.push_back(const_cast<char*>(entry.c_str()));
    }
  }
  block.push_back(nullptr);
  return block;
}

}  // namespace hone::controller
