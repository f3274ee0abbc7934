// Gate: admits calls with a bearer token that the server knows. Immutable; any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "proto/core/result.h"

namespace hone::rpc {

class Gate {
 public:
  /// An empty path admits every caller. Error: kInvalidArgument if the file cannot be read,
  /// contains no token, or a token that is too short to be a secret.
  static Result<Gate> Read(const std::filesystem::path& tokens);

  [[nodiscard]] bool IsOpen() const { return tokens_.empty(); }
  /// `authorization` is the header of a call to `method` ("/package.Service/Method"). Error:
  /// kUnauthenticated unless it is "Bearer TOKEN" with one of the tokens, or the method belongs to
  /// the health service or reflection. A wrong token takes as long as a right one.
  [[nodiscard]] Status Admit(std::string_view method, std::string_view authorization) const;

 private:
  std::vector<std::string> tokens_;
};

}  // namespace hone::rpc
