// ChangeWriter: writes the log rows of one transaction, and trims the log accordingly. Lives on the
// stack of one thread, inside a transaction that its caller begins and ends.
#pragma once

#include <cstdint>

#include "db/sql/driver.h"
#include "db/sql/place.h"
#include "db/store/log_retention.h"

namespace hone::db {

class ChangeWriter {
 public:
  /// `ends`: the ends of the log before the transaction. All arguments must outlive the writer.
  ChangeWriter(Driver& driver, const LogEnds& ends, const LogRetention& retention, Time now)
      : driver_(driver), ends_(ends), newest_(ends.newest), retention_(retention), now_(now) {}

  /// Assigns the sequence and the time of the change.
  [[nodiscard]] Status Write(const Change& change);
  /// After the last Write: trims the log, and stores its new ends. Returns the sequence of the
  /// newest change.
  [[nodiscard]] Result<std::uint64_t> Finish();

 private:
  /// Returns the sequence of the newest trimmed change.
  Result<std::uint64_t> Trim();

  Driver& driver_;
  const LogEnds ends_;
  std::uint64_t newest_;
  const LogRetention& retention_;
  const Time now_;
};

}  // namespace hone::db
