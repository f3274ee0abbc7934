#include "proto/access/caller.h"

#include <algorithm>
#include <utility>

namespace hone::access {
namespace {

/// "namespace a", "namespaces a, b".
std::string Listed(const std::vector<std::string>& namespaces) {
  std::string text = namespaces.size() == 1 ? "namespace " : "namespaces ";
  for (std::size_t i = 0; i < namespaces.size(); ++i) {
    text += (i == 0 ? "" : ", ") + namespaces[i];
  }
  return text;
}

}  // namespace

std::string_view NameOf(Role role) {
  switch (role) {
    case Role::kIngest:
      return "ingest";
    case Role::kRead:
      return "read";
    case Role::kWrite:
      return "write";
    case Role::kAdmin:
      break;
  }
  return "admin";
}

bool Includes(Role has, Role needed) {
  return has == needed || has == Role::kAdmin || (has == Role::kWrite && needed != Role::kAdmin);
}

Caller Caller::Unrestricted(std::string name) {
  return {.name = std::move(name), .has_all_namespaces = true, .role = Role::kAdmin};
}

bool Caller::Has(std::string_view ns) const {
  return has_all_namespaces || std::binary_search(namespaces.begin(), namespaces.end(), ns);
}

Status Caller::CheckRole(Role needed) const {
  if (Includes(role, needed)) {
    return {};
  }
  return Fail(Code::kPermissionDenied,
              "caller \"" + name + "\" has role " + std::string(NameOf(role)) +
                  ", and needs role " + std::string(NameOf(needed)));
}

Status Caller::Check(std::string_view ns, Role needed) const {
  const std::string subject = "namespace \"" + std::string(ns) + "\"";
  if (!Has(ns)) {
    return Fail(
        Code::kNotFound,
        subject + ": caller \"" + name + "\" has none of that name; it has " + Listed(namespaces));
  }
  if (Status allowed = CheckRole(needed); !allowed) {
    return Wrap(subject, std::move(allowed).error());
  }
  return {};
}

}  // namespace hone::access
