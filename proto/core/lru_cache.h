// LruCache: values by key, in order of their last use. It has no bound of its own: its owner
// decides when to evict a value. References to a value are valid until it is evicted. Not
// thread-safe.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <utility>

namespace hone {

template <typename Key, typename Value>
class LruCache {
 public:
  /// The value, which becomes the most recently used; null if there is none.
  [[nodiscard]] Value* Find(const Key& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) {
      return nullptr;
    }
    values_.splice(values_.begin(), values_, found->second);
    return &found->second->second;
  }

  /// Inserts a value unless the key has one already. Returns the key's value, which becomes the
  /// most recently used.
  Value& Insert(const Key& key, Value value) {
    if (Value* const there = Find(key)) {
      return *there;
    }
    values_.emplace_front(key, std::move(value));
    places_.emplace(key, values_.begin());
    return values_.front().second;
  }

  /// Removes and returns the value of a key, if there is one.
  std::optional<Value> Take(const Key& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) {
      return std::nullopt;
    }
    std::optional<Value> taken(std::move(found->second->second));
    values_.erase(found->second);
    places_.erase(found);
    return taken;
  }

  /// Evicts and returns the least recently used value.
  std::optional<Value> TakeOldest() {
    return TakeOldest([](const Value& /*any*/) { return true; });
  }
  /// Evicts and returns the least recently used value for which `may_go` is true.
  template <typename MayGo>
  std::optional<Value> TakeOldest(MayGo may_go) {
    for (auto place = values_.rbegin(); place != values_.rend(); ++place) {
      if (may_go(place->second)) {
        return Take(place->first);
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::size_t size() const { return values_.size(); }
  /// Iterates from the most recently used value.
  [[nodiscard]] auto begin() const { return values_.begin(); }
  [[nodiscard]] auto end() const { return values_.end(); }

 private:
  using Values = std::list<std::pair<Key, Value>>;
  Values values_;
  std::map<Key, typename Values::iterator> places_;
};

}  // namespace hone
