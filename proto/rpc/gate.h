// Gate: lets calls in that show a bearer token which the server knows. Immutable; any thread may
// ask it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "proto/core/result.h"

namespace hone::rpc {

class Gate {
 public:
  /// Without a file everybody is let in. kInvalidArgument if the file cannot be read, has no token,
  /// or one that is too short to be a secret.
  static Result<Gate> Read(const std::filesystem::path& tokens);

  [[nodiscard]] bool IsOpen() const { return tokens_.empty(); }
  /// `authorization` is the header of a call to `method` ("/package.Service/Method"):
  /// kUnauthenticated unless it is "Bearer TOKEN" with one of the tokens, or the method tells only
  /// whether the server is well and what it serves. Takes as long for a wrong token as for a right
  /// one.
  [[nodiscard]] Status Admit(std::string_view method, std::string_view authorization) const;

 private:
  std::vector<std::string> tokens_;
};

}  // namespace hone::rpc
