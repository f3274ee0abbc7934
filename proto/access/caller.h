// Caller: the program or person that a call comes from, with its role and its namespaces. A value;
// any thread may hold its own copy.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/core/result.h"

namespace hone::access {

/// kIngest reports the metrics of trials and sees nothing; kRead sees and changes nothing; kWrite
/// does both, creates studies, asks and tells; kAdmin may do everything.
enum class Role { kIngest, kRead, kWrite, kAdmin };

[[nodiscard]] std::string_view NameOf(Role role);
/// True if a caller with role `has` may make a call that needs role `needed`.
[[nodiscard]] bool Includes(Role has, Role needed);

/// A default Caller may do nothing: it has no namespace.
struct Caller {
  std::string name;
  bool has_all_namespaces = false;
  /// In ascending order. Empty with has_all_namespaces.
  std::vector<std::string> namespaces;
  Role role = Role::kIngest;

  /// Role admin in all namespaces.
  [[nodiscard]] static Caller Unrestricted(std::string name);

  [[nodiscard]] bool Has(std::string_view ns) const;
  /// For a call that concerns no namespace, or all namespaces of the caller. kPermissionDenied
  /// names the caller and the role that it would need.
  [[nodiscard]] Status CheckRole(Role needed) const;
  /// For a call that concerns namespace `ns`; to be asked before anything is looked up in it.
  /// kNotFound if the caller does not have it, whether or not there is such a namespace.
  /// kPermissionDenied names the caller, the namespace and the role that it would need.
  [[nodiscard]] Status Check(std::string_view ns, Role needed) const;
};

}  // namespace hone::access
