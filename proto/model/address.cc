#include "proto/model/address.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>
#include <sys/un.h>

namespace hone {
namespace {

/// The longest host name: RFC 1035, section 2.3.4.
constexpr std::size_t kHostMax = 253;
/// The longest path of a Unix socket, leaving room for its NUL.
constexpr std::size_t kPathMax = sizeof(sockaddr_un::sun_path) - 1;
constexpr std::string_view kUnix = "unix:";

tl::unexpected<Error> Wrong(std::string_view text, const std::string& what) {
  constexpr std::size_t kShownMax = 80;
  return Fail(Code::kInvalidArgument, "\"" + std::string(text.substr(0, kShownMax)) + "\" " + what);
}

bool IsIp(int family, std::string_view host) {
  in6_addr parsed{};
  return ::inet_pton(family, std::string(host).c_str(), &parsed) == 1;
}

/// True for an IPv6 address, also with a zone as in "fe80::1%eth0", which only the system can
/// check.
bool IsIpv6(std::string_view host) {
  return IsIp(AF_INET6, host.substr(0, host.find('%')));
}

bool IsHostName(std::string_view host) {
  return host.size() <= kHostMax && std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '.' || c == '_';
         });
}

bool IsNumeric(std::string_view host) {
  return host.find_first_not_of("0123456789.") == std::string_view::npos;
}

Result<Address> ParsePath(std::string_view text) {
  const std::string_view path = text.substr(kUnix.size());
  if (!path.starts_with('/') || path.size() < 2) {
    return Wrong(text, "must name the socket by its whole path: unix:/path");
  }
  if (path.size() > kPathMax || path.find('\0') != std::string_view::npos) {
    return Wrong(
        text,
        "names a path that no socket can have: at most " + std::to_string(kPathMax) + " bytes");
  }
  return Address{.path = std::string(path)};
}

Result<std::uint16_t> ParsePort(std::string_view text, std::string_view digits, Address::Use use) {
  const bool may_be_free = use == Address::Use::kListen;
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || (port == 0 && !may_be_free)) {
    return Wrong(text,
                 "has the port \"" + std::string(digits) + "\": must be a number from " +
                     (may_be_free ? "0 (any free one)" : "1") + " to 65535");
  }
  return port;
}

/// The position of the colon before the port; text.size() if there is none.
Result<std::size_t> FindPort(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || !IsIpv6(text.substr(1, close - 1))) {
      return Wrong(text, "has no IPv6 address in its brackets, such as [::1]:6789");
    }
    if (close + 1 < text.size() && text[close + 1] != ':') {
      return Wrong(text, "has something else than a port behind its brackets: [::1]:6789");
    }
    return close + 1;
  }
  const std::size_t colon = std::min(text.find(':'), text.size());
  if (text.find(':', colon + 1) != std::string_view::npos) {
    return Wrong(text,
                 IsIpv6(text)
                     ? "is an IPv6 address without a port: [" + std::string(text) + "]:6789"
                     : "has more than one colon: host:port, [IPv6]:port or "
                       "unix:/path");
  }
  return colon;
}

}  // namespace

Result<Address> Address::Parse(std::string_view text, Use use) {
  if (text.starts_with(kUnix)) {
    return ParsePath(text);
  }
  if (text.find("://") != std::string_view::npos) {
    return Wrong(text, "must be host:port, without a scheme before it and a path behind");
  }
  HONE_ASSIGN_OR_RETURN(const std::size_t colon, FindPort(text));
  Address address{.host = std::string(text.substr(0, colon))};
  if (address.host.starts_with('[')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  } else if (address.host.empty()) {
    return Wrong(text,
                 "names no host: 127.0.0.1:6789 is this machine, and 0.0.0.0:6789 all of "
                 "its addresses");
  } else if (!IsHostName(address.host)) {
    return Wrong(text, "names no host: must be host:port, [IPv6]:port or unix:/path");
  } else if (IsNumeric(address.host) && !IsIp(AF_INET, address.host)) {
    return Wrong(text, "has no IPv4 address: four numbers from 0 to 255, such as 127.0.0.1");
  }
  if (colon == text.size()) {
    return Wrong(text, "has no port: " + std::string(text) + ":6789");
  }
  HONE_ASSIGN_OR_RETURN(address.port, ParsePort(text, text.substr(colon + 1), use));
  return address;
}

std::string Address::ToString() const {
  if (!path.empty()) {
    return std::string(kUnix) + path;
  }
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool Address::IsLoopback() const {
  // The host must be numeric: a host name may begin with "127." too, and resolve to any address.
  return (IsNumeric(host) && host.starts_with("127.")) || host == "localhost" || host == "::1" ||
         !path.empty();
}

}  // namespace hone
