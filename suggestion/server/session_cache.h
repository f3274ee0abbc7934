// SessionCache: the sessions of a server, one for each experiment that callers ask about. Callers
// may ask about different experiments under the same identity; each gets a session of its own,
// since their trials differ. Bounded; the session that was used least recently is evicted, and made
// anew when it is needed again. Any thread may call it; questions about one experiment wait for
// each other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "proto/core/lru_cache.h"
#include "proto/core/mutex.h"
#include "proto/core/result.h"
#include "suggestion/server/cached_session.h"

namespace hone {
struct Experiment;
}

namespace hone::suggestion {

class SessionCache {
 public:
  static constexpr std::size_t kSessionsMax = 256;
  /// Limits of all sessions together.
  static constexpr std::size_t kTrialsMax = 1'000'000;
  static constexpr std::size_t kBytesMax = std::size_t{64} << 20U;

  /// The experiment of an earlier question, which need not be decoded and validated again, or null.
  [[nodiscard]] std::shared_ptr<const Experiment> Find(const std::string& identity);
  /// See CachedSession::Suggest.
  [[nodiscard]] Result<Answer> Suggest(const Question& question);

 private:
  struct Place {
    explicit Place(const Question& question)
        : identity(question.identity), experiment(question.experiment) {}
    const std::string identity;
    const std::shared_ptr<const Experiment> experiment;
    Mutex mutex;
    CachedSession session HONE_GUARDED_BY(mutex);
    /// The session's size after its last question.
    std::size_t trials = 0;
    std::size_t bytes = 0;
  };
  /// The session of the same experiment that knows most of the question's trials, or a new one.
  [[nodiscard]] std::shared_ptr<Place> Choose(const Question& question);
  void MakeRoom() HONE_REQUIRES(mutex_);

  Mutex mutex_;
  /// By the address of the place, because several places may have the same identity.
  LruCache<const Place*, std::shared_ptr<Place>> places_ HONE_GUARDED_BY(mutex_);
};

}  // namespace hone::suggestion
