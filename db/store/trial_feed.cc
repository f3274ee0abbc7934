#include "db/store/trial_feed.h"

#include <vector>

namespace hone::db {
namespace {

// Trials are read in pages of this size.
constexpr std::size_t kPage = 1024;

}  // namespace

Status TrialFeed::Read(const ExperimentKey& key, std::uint64_t& cursor, const Take& take) {
  // The newest sequence is read first: a trial that changes meanwhile is then read twice rather
  // than missed.
  HONE_ASSIGN_OR_RETURN(const std::uint64_t end, store_.NewestChange());
  Status status = ReadChanged(key, cursor, take);
  if (!status && status.error().code == Code::kOutOfRange) {
    status = ReadChanged(key, 0, take);
  }
  HONE_RETURN_IF_ERROR(status);
  cursor = end;
  return {};
}

Status TrialFeed::ReadChanged(const ExperimentKey& key, std::uint64_t cursor, const Take& take) {
  TrialQuery query;
  query.experiment = key;
  query.changed_since = cursor;
  query.limit = kPage;
  while (true) {
    HONE_ASSIGN_OR_RETURN(const std::vector<Trial> trials, store_.ListTrials(query));
    take(trials);
    if (trials.size() < kPage) {
      return {};
    }
    query.after_ordinal = trials.back().ordinal;
  }
}

}  // namespace hone::db
