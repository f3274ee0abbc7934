// FaultyStore: a Store whose writes fail by seed, in every way in which a real one can: refused
// before anything happened, done although an error was returned, and the process dying just before
// or just after the commit. After a "crash" every write fails until Revive. Not thread-safe.
#pragma once

#include <cstdint>
#include <random>

#include "tests/support/forwarding_store.h"

namespace hone::controller {

/// Probabilities per write, in thousandths.
struct StoreFaults {
  unsigned unavailable = 20;
  unsigned done_but_unavailable = 20;
  unsigned crash_before = 10;
  unsigned crash_after = 10;
};

class FaultyStore final : public db::ForwardingStore {
 public:
  FaultyStore(db::Store& real, std::uint64_t seed, StoreFaults faults)
      : ForwardingStore(real), random_(seed), faults_(faults) {}

  [[nodiscard]] bool crashed() const { return crashed_; }
  void Revive() { crashed_ = false; }
  void StopFaults() { faults_ = {0, 0, 0, 0}; }
  void SetFaults(StoreFaults faults) { faults_ = faults; }

  Status Commit(db::Transition& transition) override;

 private:
  bool Chance(unsigned per_mille) { return random_() % 1000 < per_mille; }

  std::mt19937_64 random_;
  StoreFaults faults_;
  bool crashed_ = false;
};

inline Status FaultyStore::Commit(db::Transition& transition) {
  if (crashed_ || Chance(faults_.crash_before)) {
    crashed_ = true;
    return Fail(Code::kCancelled, "the process has died before the commit");
  }
  if (Chance(faults_.unavailable)) {
    return Fail(Code::kUnavailable, "the store is busy");
  }
  if (Chance(faults_.done_but_unavailable)) {
    db::Transition lost = transition;
    HONE_RETURN_IF_ERROR(ForwardingStore::Commit(lost));
    return Fail(Code::kUnavailable, "the answer of the store was lost");
  }
  if (Chance(faults_.crash_after)) {
    db::Transition lost = transition;
    HONE_RETURN_IF_ERROR(ForwardingStore::Commit(lost));
    crashed_ = true;
    return Fail(Code::kCancelled, "the process has died after the commit");
  }
  return ForwardingStore::Commit(transition);
}

}  // namespace hone::controller
