// BackgroundSuggester: a Suggester that runs the algorithms of the catalogue on other threads than
// the caller's, so that no caller waits for them: Suggest passes the question on and returns
// "pending"; when the suggestions are ready, `wake` is called, and the same question gets them. A
// search is used by one task at a time, and its answers do not depend on what runs at the same
// time.
//
// It tells the caller when to ask before a slot is free (see AnswerPace); the answer to such a
// question may not include the latest results.
//
// Any thread may call Suggest. `wake` is called on a thread of `run_later`.
#pragma once

#include <functional>
#include <memory>

#include "db/store/store.h"
#include "proto/core/time.h"
#include "suggestion/suggester.h"

namespace hone::suggestion {

/// Runs each task once, on any thread, or drops it at its own end.
using RunLater = std::function<void(std::function<void()> task)>;

/// `store` and `clock` must outlive the tasks that it gives to `run_later`; these may outlive the
/// suggester, after whose end `wake` is not called. Its destructor waits for a call of `wake`.
std::unique_ptr<Suggester> MakeBackgroundSuggester(db::Store& store,
                                                   const Clock& clock,
                                                   RunLater run_later,
                                                   WakeExperiment wake);

}  // namespace hone::suggestion
