#include "tests/simulation/faulty_store.h"

namespace hone::controller {

Status FaultyStore::Commit(db::Transition& transition) {
  if (crashed_ || Chance(faults_.crash_before)) {
    crashed_ = true;
    return Fail(Code::kCancelled, "the process has died before the commit");
  }
  if (Chance(faults_.unavailable)) {
    return Fail(Code::kUnavailable, "the store is busy");
  }
  if (Chance(faults_.done_but_unavailable)) {
    db::Transition lost = transition;
    HONE_RETURN_IF_ERROR(real_.Commit(lost));
    return Fail(Code::kUnavailable, "the answer of the store was lost");
  }
  if (Chance(faults_.crash_after)) {
    db::Transition lost = transition;
    HONE_RETURN_IF_ERROR(real_.Commit(lost));
    crashed_ = true;
    return Fail(Code::kCancelled, "the process has died after the commit");
  }
  return real_.Commit(transition);
}

}  // namespace hone::controller
