// Environment: hone's own environment variables, read once, and what a trial gets on top of them.
// A plain value; const use is thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hone::controller {

/// "NAME=value" each, a name at most once: what execve takes.
using EnvironmentBlock = std::vector<std::string>;

class Environment {
 public:
  static Environment OfThisProcess();
  explicit Environment(EnvironmentBlock inherited) : inherited_(std::move(inherited)) {}

  /// The inherited variables with `additions` over them; of two additions the later wins.
  [[nodiscard]] EnvironmentBlock With(
      const std::vector<std::pair<std::string, std::string>>& additions) const;

 private:
  EnvironmentBlock inherited_;
};

/// The value of `name` in `block`; empty if it is not there.
std::string_view ValueOf(const EnvironmentBlock& block, std::string_view name);

}  // namespace hone::controller
