// Environment: hone's own environment variables, read once, and what a trial gets on top of them.
// A plain value, cheap to copy: what this process has is shared. Const use is thread-safe.
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

  /// Sets `name`, whatever it was before.
  void Set(std::string_view name, std::string_view value);
  /// Sets `name` unless it is there, with whatever value.
  void SetDefault(std::string_view name, std::string_view value);
  /// The value of `name`; empty if it is not there.
  [[nodiscard]] std::string_view Get(std::string_view name) const;
  /// What execve takes: "NAME=value" each and a null at the end. Valid while this object is
  /// unchanged.
  [[nodiscard]] std::vector<char*> Block() const;

 private:
  /// The entry "NAME=value", or nothing.
  [[nodiscard]] const std::string* Find(std::string_view name) const;

  std::shared_ptr<const std::vector<std::string>> inherited_;
  /// These come first.
  std::vector<std::string> own_;
};

}  // namespace hone::controller
