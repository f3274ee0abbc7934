#include "suggestion/server/session_cache.h"

#include <vector>

#include "proto/model/experiment.h"

namespace hone::suggestion {

std::shared_ptr<const Experiment> SessionCache::Find(const std::string& identity) {
  const MutexLock lock(mutex_);
  for (const auto& [key, place] : places_) {
    if (place->identity == identity) {
      return place->experiment;
    }
  }
  return nullptr;
}

Result<Answer> SessionCache::Suggest(const Question& question) {
  const std::shared_ptr<Place> place = Choose(question);
  std::size_t bytes = 0;
  Result<Answer> answer = [&] {
    const MutexLock lock(place->mutex);
    Result<Answer> from_session = place->session.Suggest(question);
    bytes = place->session.bytes();
    return from_session;
  }();
  const MutexLock lock(mutex_);
  place->trials = question.trials.size();
  place->bytes = bytes;
  MakeRoom();
  return answer;
}

std::shared_ptr<SessionCache::Place> SessionCache::Choose(const Question& question) {
  std::vector<std::shared_ptr<Place>> candidates;
  {
    const MutexLock lock(mutex_);
    for (const auto& [key, place] : places_) {
      if (place->identity == question.identity) {
        candidates.push_back(place);
      }
    }
  }
  std::shared_ptr<Place> best;
  std::size_t most = 0;
  for (const std::shared_ptr<Place>& candidate : candidates) {
    const MutexLock lock(candidate->mutex);
    const std::size_t known = candidates.size() == 1
                                  ? std::size_t{candidate->session.KnowsAny(question)}
                                  : candidate->session.CountKnown(question);
    if (known > most || (best == nullptr && candidate->session.size() == 0)) {
      best = candidate;
      most = known;
    }
  }
  if (best == nullptr) {
    best = std::make_shared<Place>(question);
  }
  const MutexLock lock(mutex_);
  return places_.Insert(best.get(), best);  // another thread may have evicted it meanwhile
}

void SessionCache::MakeRoom() {
  std::size_t trials = 0;
  std::size_t bytes = 0;
  for (const auto& [key, place] : places_) {
    trials += place->trials;
    bytes += place->bytes;
  }
  while (places_.size() > 1 &&
         (places_.size() > kSessionsMax || trials > kTrialsMax || bytes > kBytesMax)) {
    const std::shared_ptr<Place> oldest = *places_.TakeOldest();
    trials -= oldest->trials;
    bytes -= oldest->bytes;
  }
}

}  // namespace hone::suggestion
