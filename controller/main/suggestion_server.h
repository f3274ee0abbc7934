// The composition of `hone suggestion`: services, server and signals. Returns when it has ended.
#pragma once

#include <functional>
#include <string>

#include "controller/cli/world.h"

namespace hone::controller {

/// See WorldFactory::serve_suggestions.
Status ServeSuggestions(const SuggestionOptions& options,
                        const std::function<void(const std::string& address)>& listens);

}  // namespace hone::controller
