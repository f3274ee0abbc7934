// Descendants: what the processes of trials leave behind. This process is made a subreaper, so a
// process whose parent has died becomes our child instead of init's: it can be found, ended and
// reaped. All children of this process are the runner's: those it started (the leaders, which it
// waits for itself) and those that came to it so. Children that were there before are left alone.
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

  /// Kills adopted children that carry `marker`; and, if no leader is left, those that carry none
  /// (a program may have overwritten its environment). Returns true if there was none, so that
  /// nothing of the attempt is left; call again a little later if not.
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
