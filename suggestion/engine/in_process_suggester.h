// InProcessSuggester: a Suggester that runs the algorithms of the catalogue on the calling thread.
// It caches a search for each experiment. Called by one thread at a time.
#pragma once

#include <memory>

#include "db/store/store.h"
#include "suggestion/suggester.h"

namespace hone::suggestion {

/// `store` must outlive the suggester.
std::unique_ptr<Suggester> MakeInProcessSuggester(db::Store& store);

}  // namespace hone::suggestion
