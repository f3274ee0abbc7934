// The whole workload object as JSON text with holes, for platforms that submit the object.
#pragma once

#include <string>
#include <vector>

#include "controller/workload/text_template.h"
#include "proto/convert/document.h"

namespace hone::controller {

/// Canonical JSON of `object`, with the trial's name as its name. Holes are inside strings only, so
/// a value that went through EscapeJson cannot change the object's shape. `names` are the names of
/// the placeholders.
TextTemplate MakeManifest(proto::Json object, const std::vector<std::string>& names);

/// `text` as it stands between the quotes of a JSON string.
std::string EscapeJson(const std::string& text);

}  // namespace hone::controller
