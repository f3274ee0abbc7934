// ServiceSuggester: a Suggester that asks services over gRPC, in the protocol of Katib's suggestion
// services, for algorithms outside of Hone. No thread waits for a service: Suggest sends the
// question and returns "pending"; when the reply has arrived, `wake` is called, and the same
// question gets the suggestions. Every reply is checked against the search space: a wrong reply is
// an error, and never becomes a trial.
//
// Suggest is called on one thread; `wake` is called on others. The destructor cancels all calls,
// and must not run on a thread of gRPC.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "db/store/store.h"
#include "proto/model/algorithm_service.h"
#include "suggestion/suggester.h"

namespace hone::suggestion {

/// Called with a message for the user, on the thread that calls Suggest.
using WarnPerson = std::function<void(const std::string& message)>;

/// `store` must outlive the suggester. Files named in `services` are read when they are first used.
/// Experiments with other algorithms are passed to `other`.
std::unique_ptr<Suggester> MakeServiceSuggester(db::Store& store,
                                                AlgorithmServices services,
                                                std::unique_ptr<Suggester> other,
                                                WakeExperiment wake,
                                                WarnPerson warn = nullptr);

}  // namespace hone::suggestion
