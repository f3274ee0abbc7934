// Converts the errno of a failed system call to an Error. Pure; any thread.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

#include "proto/core/result.h"

namespace hone::controller {

inline std::string ErrnoText(int error) {
  return std::generic_category().message(error);
}

/// Shortages that may pass are retryable; other errors are not.
inline Code CodeOfErrno(int error) {
  switch (error) {
    case EAGAIN:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
    case EDQUOT:
      return Code::kUnavailable;
    case EACCES:
    case EPERM:
    case EROFS:
      return Code::kPermissionDenied;
    default:
      return Code::kInternal;
  }
}

/// `doing` is "doing what to which object"; `error` is an errno.
inline tl::unexpected<Error> SystemFailure(const std::string& doing, int error) {
  return Fail(CodeOfErrno(error), doing + ": " + ErrnoText(error));
}

}  // namespace hone::controller
