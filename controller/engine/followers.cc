#include "controller/engine/followers.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace hone::controller {

std::uint64_t Followers::Add(const ExperimentKey& key, OnEnd on_end) {
  followers_.emplace(++last_ticket_, Follower{key, std::move(on_end)});
  return last_ticket_;
}

std::optional<ExperimentKey> Followers::Remove(std::uint64_t ticket) {
  const auto found = followers_.find(ticket);
  if (found == followers_.end()) {
    return std::nullopt;
  }
  std::optional<ExperimentKey> key(std::move(found->second.key));
  followers_.erase(found);
  return key;
}

bool Followers::Has(const ExperimentKey& key) const {
  return std::any_of(followers_.begin(), followers_.end(), [&](const auto& follower) {
    return follower.second.key == key;
  });
}

void Followers::Tell(const ExperimentKey& key, const ControlEnd& end) {
  std::vector<OnEnd> told;
  std::erase_if(followers_, [&](auto& follower) {
    if (follower.second.key != key) {
      return false;
    }
    told.push_back(std::move(follower.second.on_end));
    return true;
  });
  // Afterwards, because a follower that is told may be removed by that.
  for (const OnEnd& on_end : told) {
    on_end(end);
  }
}

}  // namespace hone::controller
