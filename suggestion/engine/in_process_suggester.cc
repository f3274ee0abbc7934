#include "suggestion/engine/in_process_suggester.h"

#include "db/store/trial_feed.h"
#include "proto/core/lru_cache.h"
#include "proto/model/experiment.h"
#include "suggestion/engine/experiment_search.h"

namespace hone::suggestion {
namespace {

// The number of cached searches. With more experiments at once, searches are evicted and rebuilt
// from the store.
constexpr std::size_t kSearchesMax = 64;

class InProcessSuggester final : public Suggester {
 public:
  explicit InProcessSuggester(db::Store& store) : store_(store), feed_(store) {}

  Result<SuggestionBatch> Suggest(const Experiment& experiment,
                                  std::uint64_t first_ordinal,
                                  std::size_t count) override {
    ExperimentSearch* search = searches_.Find(experiment.key);
    if (search == nullptr) {
      if (searches_.size() == kSearchesMax) {
        searches_.TakeOldest([](const ExperimentSearch& /*any*/) { return true; });
      }
      search = &searches_.Insert(experiment.key, ExperimentSearch(store_, feed_));
    }
    return search->Suggest(experiment, first_ordinal, count);
  }

 private:
  db::Store& store_;
  db::TrialFeed feed_;
  LruCache<ExperimentKey, ExperimentSearch> searches_;
};

}  // namespace

std::unique_ptr<Suggester> MakeInProcessSuggester(db::Store& store) {
  return std::make_unique<InProcessSuggester>(store);
}

}  // namespace hone::suggestion
