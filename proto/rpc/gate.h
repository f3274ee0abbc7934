// Gate: lets calls in that show a bearer token which the server knows. Immutable; any thread may
// ask it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <grpcpp/server_context.h>

#include "proto/model/result.h"

namespace hone::rpc {

class Gate {
 public:
  /// Without a file everybody is let in. kInvalidArgument if the file cannot be read, has no token,
  /// or one that is too short to be a secret.
  static Result<Gate> Read(const std::filesystem::path& tokens);

  /// UNAUTHENTICATED unless the call has a header "authorization: Bearer TOKEN" with one of the
  /// tokens. Takes as long for a wrong one as for a right one.
  [[nodiscard]] grpc::Status Admit(const grpc::ServerContextBase& call) const;

 private:
  std::vector<std::string> tokens_;
};

}  // namespace hone::rpc
