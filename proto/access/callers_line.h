// One line of a callers file. Belongs to Callers; pure.
#pragma once

#include <string>
#include <string_view>

#include "proto/access/caller.h"

namespace hone::access {

struct CallersLine {
  bool is_certificate = false;
  /// The token, or the certificate's common name.
  std::string credential;
  /// Without a name if the line is a token alone.
  Caller caller;
};

/// Without spaces, tabs and carriage returns at its ends.
[[nodiscard]] std::string_view Trimmed(std::string_view line);
/// `line` is trimmed and not empty. kInvalidArgument begins with the field.
Result<CallersLine> ReadCallersLine(std::string_view line);

}  // namespace hone::access
