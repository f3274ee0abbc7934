#include "db/store/change.h"

#include "proto/model/experiment.h"

namespace hone::db {

Change ChangeOf(const Experiment& experiment, ChangeAction action, std::string_view state) {
  return {.action = action,
          .experiment = experiment.key,
          .uid = experiment.uid,
          .generation = experiment.generation,
          .subject_sequence = experiment.version,
          .state = std::string(state)};
}

Status CheckCursor(std::uint64_t cursor, const LogEnds& ends) {
  const std::string reading = "read changes since " + std::to_string(cursor) + ": ";
  if (cursor < ends.trimmed) {
    return Fail(Code::kOutOfRange,
                reading + "changes up to " + std::to_string(ends.trimmed) +
                    " are no longer kept; list anew");
  }
  if (cursor > ends.newest) {
    return Fail(Code::kOutOfRange,
                reading + "the newest change of this store is " + std::to_string(ends.newest) +
                    "; list anew");
  }
  return {};
}

}  // namespace hone::db
