// PatientSuggester: a BackgroundSuggester with its own threads, whose callers block until the
// answer is ready, so that tests can use it like a synchronous suggester. Any thread may call it.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "proto/model/experiment.h"
#include "suggestion/engine/background_suggester.h"
#include "suggestion/engine/search_arena.h"

namespace hone::suggestion {

class PatientSuggester final : public Suggester {
 public:
  PatientSuggester(db::Store& store, std::size_t threads)
      : suggester_(MakeBackgroundSuggester(
            store,
            clock_,
            [this](auto task) { arena_.Run(std::move(task)); },
            [this](const ExperimentKey& /*key*/) {
              ++wakes_;
              wakes_.notify_all();
            })),
        arena_(threads) {}

  Result<SuggestionBatch> Suggest(const Experiment& experiment,
                                  std::uint64_t first_ordinal,
                                  std::size_t count) override {
    while (true) {
      const int before = wakes_;
      auto batch = suggester_->Suggest(experiment, first_ordinal, count);
      if (!batch || !batch->is_pending) {
        return batch;
      }
      wakes_.wait(before);
    }
  }

 private:
  const SystemClock clock_;
  std::atomic<int> wakes_ = 0;
  const std::unique_ptr<Suggester> suggester_;
  SearchArena arena_;
};

inline std::unique_ptr<Suggester> MakePatientSuggester(db::Store& store) {
  return std::make_unique<PatientSuggester>(store, 2);
}

}  // namespace hone::suggestion
