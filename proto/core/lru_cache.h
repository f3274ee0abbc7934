// LruCache: values by key, of which the one that was used longest ago is found at once. It has no
// bound of its own: its owner decides what has to go. References to a value hold until it is taken
// out. Not thread-safe.
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
  /// The value, which is used by this; null if there is none.
  [[nodiscard]] Value* Find(const Key& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) {
      return nullptr;
    }
    values_.splice(values_.begin(), values_, found->second);
    return &found->second->second;
  }

  /// Puts a value in, which is used by this, unless the key has one already. The one that is there.
  Value& Insert(const Key& key, Value value) {
    if (Value* const there = Find(key)) {
      return *there;
    }
    values_.emplace_front(key, std::move(value));
    places_.emplace(key, values_.begin());
    return values_.front().second;
  }

  /// Takes out the value that was used longest ago of those that `may_go` is true of.
  template <typename MayGo>
  std::optional<Value> TakeOldest(MayGo may_go) {
    for (auto place = values_.rbegin(); place != values_.rend(); ++place) {
      if (may_go(place->second)) {
        std::optional<Value> taken(std::move(place->second));
        places_.erase(place->first);
        values_.erase(std::next(place).base());
        return taken;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::size_t size() const { return values_.size(); }
  /// The one that was used last comes first.
  [[nodiscard]] auto begin() const { return values_.begin(); }
  [[nodiscard]] auto end() const { return values_.end(); }

 private:
  using Values = std::list<std::pair<Key, Value>>;
  Values values_;
  std::map<Key, typename Values::iterator> places_;
};

}  // namespace hone
