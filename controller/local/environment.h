// Environment: hone's own environment variables, read once, and a trial's additions. A plain value,
// cheap to copy: copies share the variables of this process. Const use is thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hone::controller {

class Environment {
 public:
  static Environment OfThisProcess();
  /// "NAME=value" each, a name at most once.
  explicit Environment(std::vector<std::string> inherited = {})
      : inherited_(std::make_shared<const std::vector<std::string>>(std::move(inherited))) {}

  /// Sets `name`, replacing an earlier value.
  void Set(std::string_view name, std::string_view value);
  /// Sets `name` unless it is set already, even if to an empty value.
  void SetDefault(std::string_view name, std::string_view value);
  /// The value of `name`; empty if it is not set.
  [[nodiscard]] std::string_view Get(std::string_view name) const;
  /// The environment in the form that execve takes: "NAME=value" each and a null at the end. Valid
  /// until this object changes.
  [[nodiscard]] std::vector<char*> Block() const;

 private:
  /// The entry "NAME=value", or nothing.
  [[nodiscard]] const std::string* Find(std::string_view name) const;

  std::shared_ptr<const std::vector<std::string>> inherited_;
  /// The trial's additions, which take precedence.
  std::vector<std::string> own_;
};

}  // namespace hone::controller
