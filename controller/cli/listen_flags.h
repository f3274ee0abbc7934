// ListenFlags: the flags of commands that serve: where, and who may call. One command line at a
// time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/cli/command.h"
#include "controller/cli/world.h"

namespace hone::controller {

/// Of --db-manager: the one that a request names.
inline constexpr char kAnyDbManager[] = "any";

struct ListenFlags {
  std::vector<std::string> listen;
  std::optional<std::string> certificate;
  std::optional<std::string> key;
  std::optional<std::string> client_ca;
  std::optional<std::string> tokens;
  std::optional<std::string> db_manager;
  bool is_insecure = false;

  /// kInvalidArgument names the flag whose address is wrong: a fault of usage.
  [[nodiscard]] Result<ListenOptions> Options() const;
  /// `this` must outlive them.
  [[nodiscard]] std::vector<Flag> Flags();
  /// Prints the addresses for scripts, then `note` for a person.
  [[nodiscard]] static Listens Announce(const Session& session, const std::string& note);
};

}  // namespace hone::controller
