// WriteQueue: many threads, one connection, one transaction at a time. Whoever comes to the front
// commits its own work and that of all who wait behind it as one group; a thread that is alone
// commits at once, without a hand-over. (LevelDB's writers queue is built this way.)
// Thread-safe. Nobody waits twice, so the queue is as long as there are threads.
#pragma once

#include <deque>
#include <vector>

#include "db/sql/database.h"
#include "proto/core/mutex.h"

namespace hone::db {

class WriteQueue {
 public:
  /// `driver` outlives the queue and is used by nobody else.
  explicit WriteQueue(Driver& driver) : driver_(driver) {}

  /// Runs `work` in a transaction, perhaps together with others; returns when it is over.
  [[nodiscard]] Status Write(const Work& work);

 private:
  struct Request {
    const Work& work;
    Status status;
    bool is_done = false;
    ConditionVariable wake;
  };

  /// Waits until `request` is done or stands at the front; then takes it and those behind it.
  std::vector<Request*> Await(Request& request);
  void Finish(const std::vector<Request*>& group);
  void RunTogether(const std::vector<Request*>& group);
  Status RunAlone(const Work& work);

  Driver& driver_;
  Mutex mutex_;
  /// The front leads.
  std::deque<Request*> waiting_ HONE_GUARDED_BY(mutex_);
};

}  // namespace hone::db
