// Reading fields of a parsed object that was not validated. Pure.
#pragma once

#include <string>

#include "proto/convert/document.h"

namespace hone::controller {

/// The field `key` of `object`; null if there is none, or if `object` is not an object.
const proto::Json& At(const proto::Json& object, const std::string& key);

/// The field's text; empty if the field is not a string.
std::string TextAt(const proto::Json& object, const std::string& key);

}  // namespace hone::controller
