// BackgroundSuggester: a Suggester that runs the algorithms of the catalogue beside the thread that
// asks, so that nothing waits for them: a question is handed on, the answer is "pending", and
// `wake` is called when the suggestions are there; the same question then gets them. A search is
// used by one task at a time, and whatever ran beside it changes none of its answers.
//
// It says when to ask early (see AnswerPace): an answer to that may be older than the last result.
//
// Any thread may ask. `wake` is called on a thread of `run_later`.
#pragma once

#include <functional>
#include <memory>

#include "db/store/store.h"
#include "proto/core/time.h"
#include "suggestion/suggester.h"

namespace hone::suggestion {

/// Runs each task once, on some thread, or drops it when it ends.
using RunLater = std::function<void(std::function<void()> task)>;

/// `store` and `clock` must outlive the tasks that it gives to `run_later`; these may outlive the
/// suggester, after whose end `wake` is not called. Its destructor waits for a call of `wake`.
std::unique_ptr<Suggester> MakeBackgroundSuggester(db::Store& store,
                                                   const Clock& clock,
                                                   RunLater run_later,
                                                   WakeExperiment wake);

}  // namespace hone::suggestion
