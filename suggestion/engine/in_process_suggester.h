// InProcessSuggester: a Suggester that runs the algorithms of the catalogue in this process. For
// each experiment it keeps a study, the algorithm with all history it has been told, and reads from
// the store only what is new; a study that is missing is rebuilt from the store. One thread at a
// time may call it.
#pragma once

#include <memory>

#include "db/store/store.h"
#include "suggestion/suggester.h"

namespace hone::suggestion {

/// `store` must outlive the suggester.
std::unique_ptr<Suggester> MakeInProcessSuggester(db::Store& store);

}  // namespace hone::suggestion
