// InProcessSuggester: a Suggester that runs the algorithms of the catalogue on the thread that
// asks. It keeps a search for each experiment. One thread at a time may call it.
#pragma once

#include <memory>

#include "db/store/store.h"
#include "suggestion/suggester.h"

namespace hone::suggestion {

/// `store` must outlive the suggester.
std::unique_ptr<Suggester> MakeInProcessSuggester(db::Store& store);

}  // namespace hone::suggestion
