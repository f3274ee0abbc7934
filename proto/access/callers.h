// Callers: the callers that a server knows, each by the bearer token or the client certificate that
// it shows. Immutable; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/access/caller.h"

namespace hone::access {

/// The credentials that a call shows.
struct Credentials {
  /// The header "authorization"; empty if there is none.
  std::string_view authorization;
  /// The common name of a client certificate that TLS has verified.
  std::optional<std::string_view> certificate;
};

class Callers {
 public:
  static constexpr std::size_t kCallersMax = 1000;
  static constexpr std::size_t kNamespacesMax = 100;
  static constexpr std::size_t kTokenMin = 16;
  static constexpr std::size_t kTokenMax = 4096;

  /// Without a known caller: every call is let in with all rights (IsOpen).
  Callers() = default;
  /// Reads a callers file; docs/guide/suggestion-service.md tells its syntax. kInvalidArgument
  /// names the line, the field and a right value, and never shows a token.
  static Result<Callers> Parse(std::string_view text);

  /// True if every caller may do everything, whatever its credentials.
  [[nodiscard]] bool IsOpen() const { return tokens_.empty() && certificates_.empty(); }
  [[nodiscard]] bool HasCertificates() const { return !certificates_.empty(); }
  /// The header decides if there is one, else the certificate. kUnauthenticated if the caller is
  /// not known. A wrong token takes as long as a right one.
  [[nodiscard]] Result<Caller> Identify(const Credentials& shown) const;

 private:
  struct Known {
    /// The token, or the common name.
    std::string credential;
    Caller caller;
    int line = 0;
  };

  /// kInvalidArgument if another line has the same credential, or there are too many.
  Status Add(Known known, std::vector<Known>& to);

  std::vector<Known> tokens_;
  std::vector<Known> certificates_;
};

}  // namespace hone::access
