// WriteQueue: many threads, one connection, one transaction at a time. The thread at the front
// commits its own work and that of all threads waiting behind it as one group; a thread that is
// alone commits at once, without a hand-over. (LevelDB's writers queue is built this way.)
// Thread-safe. Each thread has at most one request, so the queue is bounded by the number of
// threads.
#pragma once

#include <deque>
#include <vector>

#include "db/sql/database.h"
#include "proto/core/mutex.h"

namespace hone::db {

class WriteQueue {
 public:
  /// `driver` must outlive the queue and is used only by it.
  explicit WriteQueue(Driver& driver) : driver_(driver) {}

  /// Runs `work` in a transaction, possibly together with others; returns when it has ended.
  [[nodiscard]] Status Write(const Work& work);

 private:
  struct Request {
    const Work& work;
    Status status;
    bool is_done = false;
    ConditionVariable wake;
  };

  /// Waits until `request` is done (returns nothing) or at the front (returns it and the requests
  /// behind it).
  std::vector<Request*> Await(Request& request);
  void Finish(const std::vector<Request*>& group);
  void RunTogether(const std::vector<Request*>& group);
  Status RunAlone(const Work& work);

  Driver& driver_;
  Mutex mutex_;
  /// The thread of the front request runs the group.
  std::deque<Request*> waiting_ HONE_GUARDED_BY(mutex_);
};

}  // namespace hone::db
