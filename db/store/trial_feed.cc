#include "db/store/trial_feed.h"

#include <limits>
#include <vector>

namespace hone::db {
namespace {

// Trials and events are read in pages of this size.
constexpr std::size_t kPage = 1024;

}  // namespace

Status TrialFeed::Read(const ExperimentKey& key, std::uint64_t& cursor, const Take& take) {
  // The end is read first: what changes in between is then read twice rather than never.
  HONE_ASSIGN_OR_RETURN(const std::uint64_t end, FindEnd());
  TrialQuery query;
  query.experiment = key;
  query.changed_since = cursor;
  query.limit = kPage;
  while (true) {
    HONE_ASSIGN_OR_RETURN(const std::vector<Trial> trials, store_.ListTrials(query));
    take(trials);
    if (trials.size() < kPage) {
      break;
    }
    query.after_ordinal = trials.back().ordinal;
  }
  cursor = end;
  return {};
}

Result<std::uint64_t> TrialFeed::FindEnd() {
  const MutexLock lock(mutex_);
  if (!was_found_) {
    HONE_RETURN_IF_ERROR(SearchEnd());
    was_found_ = true;
  }
  while (true) {
    HONE_ASSIGN_OR_RETURN(const auto events, store_.ChangesSince(end_, kPage));
    if (!events.empty()) {
      end_ = events.back().sequence;
    }
    if (events.size() < kPage) {
      return end_;
    }
  }
}

// A bisection: a store may hold millions of events, and none of them is of interest.
Status TrialFeed::SearchEnd() {
  std::uint64_t none_above = std::numeric_limits<std::int64_t>::max();
  while (end_ < none_above) {
    const std::uint64_t middle = end_ + (none_above - end_) / 2;
    HONE_ASSIGN_OR_RETURN(const auto events, store_.ChangesSince(middle, 1));
    if (events.empty()) {
      none_above = middle;
    } else {
      end_ = events.front().sequence;
    }
  }
  return {};
}

}  // namespace hone::db
