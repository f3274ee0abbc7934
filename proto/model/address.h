// Address: where a server listens or a service is asked: "host:port", "[IPv6]:port" or
// "unix:/path". Checked when it is read, so that no library gets to guess what was meant. A plain
// value: any thread may hold its own copy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proto/core/result.h"

namespace hone {

struct Address {
  /// What an address is for: only a listener may leave the port, as 0, to the system.
  enum class Use { kListen, kConnect };

  /// A name or an IP address, without brackets; empty if there is a path.
  std::string host;
  std::uint16_t port = 0;
  /// A socket of the file system; empty if there is a host.
  std::string path;

  /// kInvalidArgument repeats `text`, and says what is wrong and what would be right.
  static Result<Address> Parse(std::string_view text, Use use);

  /// As it is written.
  [[nodiscard]] std::string ToString() const;
  /// True for 127.0.0.0/8, ::1, localhost, and sockets of this machine's file system.
  [[nodiscard]] bool IsLoopback() const;

  bool operator==(const Address&) const = default;
};

}  // namespace hone
