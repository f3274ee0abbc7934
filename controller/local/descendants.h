// Descendants: finds and ends the processes that trials leave behind. This process is made a
// subreaper, so a process whose parent has died becomes a child of this process instead of init: it
// can be found, killed and reaped. All children of this process are leaders, which the runner
// started and reaps itself, or adopted in this way. Children that existed before are left alone.
// One thread.
#pragma once

#include <set>
#include <string>

#include <sys/types.h>

namespace hone::controller {

class Descendants {
 public:
  Descendants();

  void AddLeader(pid_t pid) { leaders_.insert(pid); }
  void RemoveLeader(pid_t pid) { leaders_.erase(pid); }

  /// Reaps adopted children that have ended.
  void Reap();

  /// Kills adopted children that carry `marker`; if no leader is left, also those that carry no
  /// marker (a program may have overwritten its environment). Returns true if there was none, so
  /// that nothing of the attempt is left; if not, the caller tries again a little later.
  bool End(const std::string& marker);

  /// Kills and reaps every adopted child. Blocks until they are gone, at most two seconds.
  void EndAll();

 private:
  /// Calls `visit(pid)` for each adopted child that still runs.
  template <typename Visit>
  void ForEachAdopted(Visit&& visit);

  std::set<pid_t> leaders_;
  std::set<pid_t> foreign_;
};

}  // namespace hone::controller
