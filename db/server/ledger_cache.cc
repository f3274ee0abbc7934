#include "db/server/ledger_cache.h"

#include <iterator>

namespace hone::db {

Status LedgerCache::Use(const std::string& trial, const Work& work) {
  const std::shared_ptr<Place> place = Take(trial);
  const MutexLock lock(place->mutex);
  Status status = work(place->ledger);
  GiveBack(*place, place->ledger ? std::optional(place->ledger->rows()) : std::nullopt);
  return status;
}

std::shared_ptr<LedgerCache::Place> LedgerCache::Take(const std::string& trial) {
  const MutexLock lock(mutex_);
  if (const auto known = index_.find(trial); known != index_.end()) {
    places_.splice(places_.begin(), places_, known->second);
  } else {
    places_.push_front(std::make_shared<Place>(trial));
    index_.emplace(places_.front()->trial, places_.begin());
  }
  places_.front()->users += 1;
  return places_.front();
}

void LedgerCache::GiveBack(Place& place, std::optional<std::size_t> rows) {
  Places removed;  // long ledgers are freed after the mutex is released
  const MutexLock lock(mutex_);
  place.users -= 1;
  rows_ = rows_ - place.rows + rows.value_or(0);
  place.rows = rows.value_or(0);
  if (!rows && place.users == 0) {
    Remove(index_.at(place.trial), removed);
  }
  for (auto at = places_.end();
       at != places_.begin() && (places_.size() > limits_.trials || rows_ > limits_.rows);) {
    --at;
    if ((*at)->users == 0) {
      at = Remove(at, removed);
    }
  }
}

LedgerCache::Places::iterator LedgerCache::Remove(Places::iterator place, Places& removed) {
  const Places::iterator next = std::next(place);
  rows_ -= (*place)->rows;
  index_.erase((*place)->trial);
  removed.splice(removed.end(), places_, place);
  return next;
}

}  // namespace hone::db
