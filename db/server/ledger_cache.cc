#include "db/server/ledger_cache.h"

#include <utility>
#include <vector>

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
  std::shared_ptr<Place>* place = places_.Find(trial);
  if (place == nullptr) {
    place = &places_.Insert(trial, std::make_shared<Place>(trial));
  }
  (*place)->users += 1;
  return *place;
}

void LedgerCache::GiveBack(Place& place, std::optional<std::size_t> rows) {
  std::vector<std::shared_ptr<Place>> evicted;  // freed after the mutex is released
  const MutexLock lock(mutex_);
  place.users -= 1;
  rows_ = rows_ - place.rows + rows.value_or(0);
  place.rows = rows.value_or(0);
  if (!rows && place.users == 0) {
    evicted.push_back(*places_.Take(place.trial));
  }
  while (places_.size() > limits_.trials || rows_ > limits_.rows) {
    auto oldest =
        places_.TakeOldest([](const std::shared_ptr<Place>& each) { return each->users == 0; });
    if (!oldest) {
      break;
    }
    rows_ -= (*oldest)->rows;
    evicted.push_back(*std::move(oldest));
  }
}

}  // namespace hone::db
