// Database: the connections of one process to one SQL database, lent to the calling thread.
// Thread-safe: any thread may call any method.
#pragma once

#include <functional>

#include "db/sql/driver.h"

namespace hone::db {

/// Uses a connection exclusively until it returns. May be run again from the start if its
/// transaction failed, and on another thread while the caller waits.
using Work = std::function<Status(Driver&)>;

class Database {
 public:
  virtual ~Database() = default;

  /// Runs `work` in a transaction: committed, and safe from kill -9, when this returns without
  /// error; without effect otherwise.
  [[nodiscard]] virtual Status Write(const Work& work) = 0;
  /// Runs `work`, which only reads. Each statement sees one consistent state.
  [[nodiscard]] virtual Status Read(const Work& work) = 0;
  /// Returns when everything written so far survives power loss.
  [[nodiscard]] virtual Status Sync() = 0;
  /// From now on calls `woken` after every commit of another process, once the commit can be read,
  /// and possibly without reason: on a thread of the database, until the database is destroyed.
  /// Must be called again before each wait, in case the database has to reconnect its
  /// notifications; the first `woken` stays.
  [[nodiscard]] virtual Status Watch(const std::function<void()>& woken) = 0;
};

}  // namespace hone::db
