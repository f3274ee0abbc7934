// Address: the address on which a server listens, or of a service that is called: "host:port",
// "[IPv6]:port" or "unix:/path". Checked when it is read, so that no library has to guess. A plain
// value: any thread may hold its own copy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proto/core/result.h"

namespace hone {

struct Address {
  /// What an address is used for: only a listener may leave the choice of the port to the system,
  /// by 0.
  enum class Use { kListen, kConnect };

  /// A host name or an IP address, without brackets; empty if there is a path.
  std::string host;
  std::uint16_t port = 0;
  /// The path of a Unix socket; empty if there is a host.
  std::string path;

  /// Error: kInvalidArgument, which repeats `text` and says what is wrong and what would be right.
  static Result<Address> Parse(std::string_view text, Use use);

  /// The address in the form that Parse reads.
  [[nodiscard]] std::string ToString() const;
  /// True for 127.0.0.0/8, ::1, localhost, and Unix sockets.
  [[nodiscard]] bool IsLoopback() const;

  bool operator==(const Address&) const = default;
};

}  // namespace hone
