#include "suggestion/server/numbering.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace hone::suggestion {

bool NumberTrials(std::vector<proto::NamedTrial>& trials, std::uint64_t last) {
  const auto by_start = [](const proto::NamedTrial& a, const proto::NamedTrial& b) {
    const bool a_waits = a.start_time.empty();
    const bool b_waits = b.start_time.empty();
    return std::tie(a_waits, a.start_time, a.name) < std::tie(b_waits, b.start_time, b.name);
  };
  std::stable_sort(trials.begin(), trials.end(), by_start);
  std::unordered_set<std::uint64_t> taken;
  for (proto::NamedTrial& trial : trials) {
    if (trial.ordinal == 0 || trial.ordinal > last || !taken.insert(trial.ordinal).second) {
      trial.ordinal = 0;
    }
  }
  const bool all_kept = taken.size() == trials.size();
  std::uint64_t next = 1;
  for (proto::NamedTrial& named : trials) {
    if (named.ordinal == 0) {
      while (taken.contains(next)) {
        ++next;
      }
      named.ordinal = next++;
    }
    named.trial.ordinal = named.ordinal;
  }
  std::sort(trials.begin(), trials.end(), [](const auto& a, const auto& b) {
    return a.ordinal < b.ordinal;
  });
  return all_kept;
}

}  // namespace hone::suggestion
