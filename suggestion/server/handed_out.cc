#include "suggestion/server/handed_out.h"

#include <map>
#include <string>
#include <unordered_set>
#include <utility>

namespace hone::suggestion {
namespace {

std::size_t BytesOf(const HandedOut::Entry& entry) {
  constexpr std::size_t kNode = 64;
  std::size_t bytes = kNode + sizeof(HandedOut::Entry);
  for (const Assignment& assignment : entry.assignments) {
    bytes += sizeof assignment + assignment.name.size() + assignment.value.size();
  }
  return bytes;
}

}  // namespace

HandedOut::Entries::iterator HandedOut::Erase(Entries::iterator entry) {
  bytes_ -= BytesOf(entry->second);
  return entries_.erase(entry);
}

void HandedOut::Add(std::uint64_t ordinal, Entry entry) {
  if (const auto before = entries_.find(ordinal); before != entries_.end()) {
    Erase(before);
  }
  bytes_ += BytesOf(entry);
  entries_.emplace(ordinal, std::move(entry));
  while (bytes_ > kBytesMax) {
    Erase(entries_.begin());
  }
}

void HandedOut::See(std::uint64_t ordinal, const Trial& trial) {
  if (!IsTerminal(trial.state)) {
    Add(ordinal, {trial.assignments, trial.parent, true});
  } else if (const auto entry = entries_.find(ordinal); entry != entries_.end()) {
    Erase(entry);
  }
}

void HandedOut::ForgetAfter(std::uint64_t last) {
  for (auto entry = entries_.upper_bound(last); entry != entries_.end();) {
    entry = Erase(entry);
  }
}

const HandedOut::Entry* HandedOut::Find(std::uint64_t ordinal) const {
  const auto entry = entries_.find(ordinal);
  return entry == entries_.end() ? nullptr : &entry->second;
}

void HandedOut::Number(std::vector<proto::NamedTrial>& trials) const {
  std::multimap<std::string, std::uint64_t> free;
  const auto key_of = [](const Assignments& assignments) {
    std::string key;
    for (const Assignment& assignment : assignments) {
      key += assignment.name + '\0' + assignment.value + '\0';
    }
    return key;
  };
  std::unordered_set<std::uint64_t> taken;
  for (const proto::NamedTrial& named : trials) {
    taken.insert(named.ordinal);
  }
  for (const auto& [ordinal, entry] : entries_) {
    if (!taken.contains(ordinal)) {
      free.emplace(key_of(entry.assignments), ordinal);
    }
  }
  for (proto::NamedTrial& named : trials) {
    const auto found = named.ordinal == 0 ? free.find(key_of(named.trial.assignments)) : free.end();
    if (found != free.end()) {
      named.ordinal = found->second;
      free.erase(found);
    }
  }
}

}  // namespace hone::suggestion
