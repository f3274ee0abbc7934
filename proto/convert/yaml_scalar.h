// The value of a YAML scalar by Kubernetes' rules, which are the rules of sigs.k8s.io/yaml on
// go-yaml 2: YAML 1.1 booleans (y and n too), octal with a leading 0, digits separated by
// underscores; dates stay text. Pure.
#pragma once

#include <string>
#include <string_view>

#include "proto/convert/document.h"

namespace hone::proto {

/// The value of a plain (unquoted) scalar. ".inf" and ".nan" give doubles that are not finite; JSON
/// has no such numbers, so the reader rejects them. A number too large for a double is a text, as
/// in go-yaml.
Json ResolvePlain(std::string_view text);

/// The text of `scalar` (no null, no container) as a key of a JSON object.
std::string KeyText(const Json& scalar);

}  // namespace hone::proto
