// ChangeWriter: the rows that one transaction adds to the log, and what the log forgets for them.
// Lives on the stack of one thread, inside a transaction that its caller begins and ends.
#pragma once

#include <cstdint>

#include "db/sql/driver.h"
#include "db/sql/place.h"
#include "db/store/log_retention.h"

namespace hone::db {

class ChangeWriter {
 public:
  /// `ends`: those of the log before. All must outlive the writer.
  ChangeWriter(Driver& driver, const LogEnds& ends, const LogRetention& retention, Time now)
      : driver_(driver), ends_(ends), newest_(ends.newest), retention_(retention), now_(now) {}

  /// Its sequence and time are given here.
  [[nodiscard]] Status Write(const Change& change);
  /// After the last Write: trims the log, and keeps where it ends now. Returns the sequence of the
  /// newest change.
  [[nodiscard]] Result<std::uint64_t> Finish();

 private:
  /// The newest change that is forgotten.
  Result<std::uint64_t> Trim();

  Driver& driver_;
  const LogEnds ends_;
  std::uint64_t newest_;
  const LogRetention& retention_;
  const Time now_;
};

}  // namespace hone::db
