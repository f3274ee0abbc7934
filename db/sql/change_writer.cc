#include "db/sql/change_writer.h"

#include "db/sql/rows.h"
#include "db/sql/statements.h"

namespace hone::db {

Status ChangeWriter::Write(const Change& change) {
  HONE_RETURN_IF_ERROR(driver_.Execute(sql::kInsertChange,
                                       {ToInteger(++newest_),
                                        static_cast<std::int64_t>(change.kind),
                                        static_cast<std::int64_t>(change.action),
                                        change.experiment.ns,
                                        change.experiment.name,
                                        change.uid,
                                        ToInteger(change.ordinal),
                                        change.generation,
                                        change.subject_sequence,
                                        change.state,
                                        ToInteger(now_)}));
  return {};
}

Result<std::uint64_t> ChangeWriter::Finish() {
  HONE_ASSIGN_OR_RETURN(const std::uint64_t trimmed, Trim());
  HONE_RETURN_IF_ERROR(driver_.Execute(sql::kSetLogEnds, {ToInteger(trimmed), ToInteger(newest_)}));
  return newest_;
}

Result<std::uint64_t> ChangeWriter::Trim() {
  const std::uint64_t most = retention_.MostForgotten(ends_.newest, newest_);
  if (most == 0) {
    return ends_.trimmed;
  }
  std::uint64_t trimmed = ends_.trimmed;
  bool is_over = false;
  HONE_RETURN_IF_ERROR(
      driver_.Query(sql::kListOldestChanges, {ToInteger(most)}, [&](const Row& row) -> Status {
        const auto sequence = static_cast<std::uint64_t>(row.Integer(0));
        const Time time{Duration(row.Integer(1))};
        is_over = is_over || retention_.Keeps(sequence, time, newest_, now_);
        trimmed = is_over ? trimmed : sequence;
        return {};
      }));
  if (trimmed > ends_.trimmed) {
    HONE_RETURN_IF_ERROR(driver_.Execute(sql::kForgetChanges, {ToInteger(trimmed)}));
  }
  return trimmed;
}

}  // namespace hone::db
