// Result<T>: a value, or the reason why there is none. Every function of Hone that can fail returns
// one.
//
// Codes are gRPC's, so that conversion to the wire is one cast. Failures of a healthy system are
// returned as Errors; normal outcomes of the domain (a failed trial, NaN, an exhausted grid) are
// values; broken invariants are for HONE_CHECK. Exceptions of libraries are caught in the adapter
// that calls them. Values here are plain: any thread may hold its own copy.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace hone {

/// gRPC's status codes, by number. Whether to retry follows from the code: kUnavailable and
/// kAborted are retried with back-off, the others are final.
enum class Code {
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

/// Why something could not be done: "what was being done to which object: what went wrong",
/// lower case, no full stop.
struct [[nodiscard]] Error {
  Code code = Code::kUnknown;
  std::string message;

  /// True if the same call may succeed later without any change by the user.
  [[nodiscard]] bool IsRetryable() const {
    return code == Code::kUnavailable || code == Code::kAborted;
  }
  bool operator==(const Error&) const = default;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> Fail(Code code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

/// Puts the caller's context before the message of an error that is returned further up.
inline tl::unexpected<Error> Wrap(std::string_view context, Error error) {
  error.message = std::string(context) + ": " + error.message;
  return tl::unexpected<Error>(std::move(error));
}

[[noreturn]] inline void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace hone

/// Ends the process if an invariant is broken. Active in every build.
#define HONE_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::hone::CheckFailed(#condition, __FILE__, __LINE__))

#define HONE_CONCAT_INNER(a, b) a##b
#define HONE_CONCAT(a, b) HONE_CONCAT_INNER(a, b)

/// Returns the error of `expression` from the enclosing function, if it has one. Used between
/// braces, like every statement.
#define HONE_RETURN_IF_ERROR(expression)                         \
  if (auto hone_status = (expression); !hone_status.has_value()) \
  return tl::unexpected<::hone::Error>(std::move(hone_status).error())

/// `HONE_ASSIGN_OR_RETURN(auto x, F());` : x is F's value, or the function returns F's error.
#define HONE_ASSIGN_OR_RETURN(declaration, expression) \
  HONE_ASSIGN_OR_RETURN_INNER(HONE_CONCAT(hone_result_, __LINE__), declaration, expression)
#define HONE_ASSIGN_OR_RETURN_INNER(result, declaration, expression) \
  auto result = (expression);                                        \
  if (!(result).has_value()) {                                       \
    return tl::unexpected<::hone::Error>(std::move(result).error()); \
  }                                                                  \
  declaration = std::move(*(result))
