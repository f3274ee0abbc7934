// ServiceSuggester: a Suggester that asks services over gRPC, in the protocol of Katib's suggestion
// services, for algorithms that are not Hone's. Nothing waits for a service: a question is sent,
// the answer is "pending", and `wake` is called when the reply is here; the same question then gets
// it. What a service answers is checked against the search space: a wrong answer is an error, and
// never a trial.
//
// Suggest is called by one thread; `wake` is called on another one. The destructor ends all calls,
// and is called on none of gRPC's threads.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "db/store/store.h"
#include "proto/model/algorithm_service.h"
#include "suggestion/suggester.h"

namespace hone::suggestion {

/// Told what a person should read, on the thread that asks.
using WarnPerson = std::function<void(const std::string& message)>;

/// `store` must outlive the suggester. Files that `services` name are read when they are first
/// used. An experiment whose algorithm is none of them is asked of `other`.
std::unique_ptr<Suggester> MakeServiceSuggester(db::Store& store,
                                                AlgorithmServices services,
                                                std::unique_ptr<Suggester> other,
                                                WakeExperiment wake,
                                                WarnPerson warn = nullptr);

}  // namespace hone::suggestion
