// TrialFollower: tells a Progress what has changed in one experiment since the last look, as the
// store knows it. So the display is the same whichever process controls the experiment. Owned by
// the command that shows it; its thread only.
#pragma once

#include <cstdint>
#include <map>

#include "controller/cli/progress.h"
#include "db/store/trial_feed.h"

namespace hone::controller {

class TrialFollower {
 public:
  /// Tells what changes above `cursor` of the store's log. `store` and `progress` must outlive it.
  TrialFollower(db::Store& store, ExperimentKey key, std::uint64_t cursor, Progress& progress)
      : store_(store), feed_(store), key_(std::move(key)), cursor_(cursor), progress_(progress) {}

  [[nodiscard]] std::uint64_t cursor() const { return cursor_; }
  /// Reads what is new. The work is that of what has changed.
  [[nodiscard]] Status Read();
  /// Tells the newest value of the objective of each running trial that is shown.
  [[nodiscard]] Status ReadObjectives(const std::string& metric);

 private:
  /// What is known of a running trial's values.
  struct Latest {
    std::int32_t attempt = 0;
    std::uint64_t sequence = 0;
  };

  db::Store& store_;
  db::TrialFeed feed_;
  ExperimentKey key_;
  std::uint64_t cursor_;
  Progress& progress_;
  std::map<std::uint64_t, Latest> latest_;
};

}  // namespace hone::controller
