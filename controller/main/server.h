// The compositions of `hone suggestion` and `hone serve`: services, server and signals. Each
// returns when its server has ended.
#pragma once

#include "controller/cli/world.h"

namespace hone::controller {

/// See WorldFactory::serve_suggestions.
Status ServeSuggestions(const SuggestionOptions& options, const Listens& listens);
/// See WorldFactory::serve_store.
Status ServeStore(const ServeOptions& options, const Listens& listens);

}  // namespace hone::controller
