#include "suggestion/engine/in_process_suggester.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "db/store/trial_feed.h"
#include "suggestion/engine/study.h"

namespace hone::suggestion {
namespace {

// More experiments than this at once take turns in being rebuilt from the store.
constexpr std::size_t kStudiesMax = 64;
// Points at a time of an algorithm that does not learn: fewer calls, the same points.
constexpr std::size_t kAheadMin = 64;

class InProcessSuggester final : public Suggester {
 public:
  explicit InProcessSuggester(db::Store& store) : store_(store), feed_(store) {}

  Result<SuggestionBatch> Suggest(const Experiment& experiment,
                                  std::uint64_t first_ordinal,
                                  std::size_t count) override {
    auto batch = SuggestFromStudy(experiment, first_ordinal, count);
    if (!batch) {
      return Wrap("suggest for experiment " + experiment.key.ToString(), std::move(batch).error());
    }
    return batch;
  }

 private:
  struct Entry {
    Study study;
    std::uint64_t last_use = 0;
  };

  Result<SuggestionBatch> SuggestFromStudy(const Experiment& experiment,
                                           std::uint64_t first_ordinal,
                                           std::size_t count) {
    HONE_ASSIGN_OR_RETURN(Study* const study, StudyOf(experiment));
    HONE_ASSIGN_OR_RETURN(
        const std::uint64_t trials,
        study->LearnsFromTrials() ? CatchUp(experiment, *study) : LastOrdinal(experiment.key));
    if (trials + 1 != first_ordinal) {
      studies_.erase(experiment.key);  // should it be the study that is wrong
      return Fail(trials < first_ordinal ? Code::kUnavailable : Code::kAborted,
                  "asked for trial " + std::to_string(first_ordinal) + " while the store has " +
                      std::to_string(trials));
    }
    return study->Suggest(first_ordinal, study->IsAdaptive() ? count : std::max(count, kAheadMin));
  }

  Result<Study*> StudyOf(const Experiment& experiment) {
    ++uses_;
    const auto found = studies_.find(experiment.key);
    if (found != studies_.end() && found->second.study.IsOf(experiment)) {
      found->second.last_use = uses_;
      return &found->second.study;
    }
    HONE_ASSIGN_OR_RETURN(Study study, Study::Make(experiment));
    if (found == studies_.end()) {
      MakeRoom();
    }
    const auto stored = studies_.insert_or_assign(experiment.key, Entry{std::move(study), uses_});
    return &stored.first->second.study;
  }

  // Forgets the study that was not asked for the longest.
  void MakeRoom() {
    if (studies_.size() < kStudiesMax) {
      return;
    }
    const auto oldest =
        std::min_element(studies_.begin(), studies_.end(), [](const auto& a, const auto& b) {
          return a.second.last_use < b.second.last_use;
        });
    studies_.erase(oldest);
  }

  Result<std::uint64_t> LastOrdinal(const ExperimentKey& key) {
    HONE_ASSIGN_OR_RETURN(const std::vector<Trial> last,
                          store_.ListTrials({.experiment = key, .descending = true, .limit = 1}));
    return last.empty() ? 0 : last.front().ordinal;
  }

  // Tells the study every change since the last time, and returns how many trials there are. If one
  // that had ended runs again, the study is made anew.
  Result<std::uint64_t> CatchUp(const Experiment& experiment, Study& study) {
    HONE_ASSIGN_OR_RETURN(bool is_right, TellNews(experiment.key, study));
    if (!is_right) {
      HONE_ASSIGN_OR_RETURN(study, Study::Make(experiment));
      HONE_ASSIGN_OR_RETURN(is_right, TellNews(experiment.key, study));
    }
    if (!is_right) {  // another process had one begin again between two pages of the feed
      studies_.erase(experiment.key);
      return Fail(Code::kUnavailable, "trials began again while they were read");
    }
    return study.last_ordinal();
  }

  Result<bool> TellNews(const ExperimentKey& key, Study& study) {
    bool is_right = true;
    HONE_RETURN_IF_ERROR(feed_.Read(key, study.cursor, [&](std::span<const Trial> trials) {
      is_right = is_right && study.Observe(trials);
    }));
    return is_right;
  }

  db::Store& store_;
  db::TrialFeed feed_;
  std::map<ExperimentKey, Entry> studies_;
  std::uint64_t uses_ = 0;
};

}  // namespace

std::unique_ptr<Suggester> MakeInProcessSuggester(db::Store& store) {
  return std::make_unique<InProcessSuggester>(store);
}

}  // namespace hone::suggestion
