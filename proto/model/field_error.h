// FieldError: a fault of one field of an object that a user wrote, as in Kubernetes. All errors of
// an object are collected, never only the first. A plain value; any thread.
#pragma once

#include <string>
#include <vector>

namespace hone {

struct FieldError {
  enum class Type { kRequired, kInvalid, kForbidden, kNotSupported, kDuplicate, kUnknownField };
  Type type = Type::kInvalid;
  /// The path as Kubernetes writes it: "spec.parameters[0].feasibleSpace.max".
  std::string field;
  /// The value as found; empty if there is none.
  std::string found;
  /// What would be right.
  std::string message;

  /// Unknown fields are warnings: the object is still accepted.
  [[nodiscard]] bool IsWarning() const { return type == Type::kUnknownField; }
  /// `spec.x: Invalid value: "7": must be ...`
  [[nodiscard]] std::string ToString() const;
  bool operator==(const FieldError&) const = default;
};

using FieldErrors = std::vector<FieldError>;

[[nodiscard]] bool HasErrors(const FieldErrors& errors);

/// All errors in one line, warnings too: "spec.x: ...; spec.y: ...".
[[nodiscard]] std::string Join(const FieldErrors& errors);

/// The member of `allowed` that `word` probably means, or "" if none is near: edit distance at
/// most a third of the longer length, case ignored.
std::string DidYouMean(const std::string& word, const std::vector<std::string>& allowed);

/// The same for the end of a message: `; did you mean "random"?`, or `otherwise` if no member is
/// near.
std::string SpellingHint(const std::string& word,
                         const std::vector<std::string>& allowed,
                         const std::string& otherwise = "");

}  // namespace hone
