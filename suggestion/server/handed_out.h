// HandedOut: the suggestions of one experiment whose trials are not known to have ended. Callers
// leave some trials out of their history: Katib sends no trial whose metrics are unavailable, and
// none that was stopped early before it reported. The points of these trials stay taken. Bounded in
// bytes; the oldest by ordinal are evicted first. Not an LruCache: the next question may need every
// suggestion, so the last use says nothing. One owner, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "proto/model/suggestion.h"
#include "proto/wire/api.h"

namespace hone::suggestion {

class HandedOut {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{16} << 20U;

  struct Entry {
    Assignments assignments;
    std::uint64_t parent = 0;
    /// True once its trial has been in the history.
    bool was_seen = false;
  };

  void Add(std::uint64_t ordinal, Entry entry);
  /// Called for a trial in the history. An ended trial stays in the history, so its entry is
  /// removed.
  void See(std::uint64_t ordinal, const Trial& trial);
  /// Removes entries after `last`, which never reached the caller.
  void ForgetAfter(std::uint64_t last);
  /// The entry; null if there is none.
  [[nodiscard]] const Entry* Find(std::uint64_t ordinal) const;
  /// Gives each trial without an ordinal the ordinal of a suggestion with the same assignments;
  /// each ordinal is used once.
  void Number(std::vector<proto::NamedTrial>& trials) const;

  /// Its approximate size in memory.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  using Entries = std::map<std::uint64_t, Entry>;
  Entries::iterator Erase(Entries::iterator entry);

  Entries entries_;
  std::size_t bytes_ = 0;
};

}  // namespace hone::suggestion
