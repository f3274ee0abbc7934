// ListenFlags: the flags of commands that serve: the addresses to listen on, and who may call. Used
// by one command; one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/cli/command.h"
#include "controller/cli/world.h"

namespace hone::controller {

/// The value of --db-manager with which each request may name its address.
inline constexpr char kAnyDbManager[] = "any";

struct ListenFlags {
  std::vector<std::string> listen;
  std::optional<std::string> certificate;
  std::optional<std::string> key;
  std::optional<std::string> client_ca;
  std::optional<std::string> tokens;
  std::optional<std::string> db_manager;
  bool is_insecure = false;

  /// Error: kInvalidArgument, naming the flag with the wrong address; a usage error.
  [[nodiscard]] Result<ListenOptions> Options() const;
  /// `this` must outlive the flags.
  [[nodiscard]] std::vector<Flag> Flags();
  /// Prints the addresses for scripts on stdout, then `note` for the user.
  [[nodiscard]] static Listens Announce(const Session& session, const std::string& note);
};

}  // namespace hone::controller
