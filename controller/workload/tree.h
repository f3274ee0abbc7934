// Looking into a parsed object whose shape nobody has checked. Pure.
#pragma once

#include <string>

#include "proto/convert/document.h"

namespace hone::controller {

/// The field `key` of `object`; null if it has none, or is no object.
const proto::Json& At(const proto::Json& object, const std::string& key);

/// The same as text; empty if it is none.
std::string TextAt(const proto::Json& object, const std::string& key);

}  // namespace hone::controller
