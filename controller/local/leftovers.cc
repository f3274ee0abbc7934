#include "controller/local/leftovers.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "controller/local/processes.h"
#include "controller/local/run_mark.h"
#include "controller/local/system_failure.h"
#include "proto/core/time.h"

namespace hone::controller {
namespace {

using std::chrono::milliseconds;

/// How many processes are held (one descriptor each) and killed at a time.
constexpr std::size_t kBatchMax = 256;
/// How long to wait after SIGKILL: a process inside a system call may not end before.
constexpr milliseconds kKillPatience{5000};
/// The number of scans that have to find nothing: a process that forks and ends again and again may
/// be missed by one scan, but not by several.
constexpr int kCleanLooks = 3;
constexpr milliseconds kLookPause{5};

/// `attempt` is empty if it is not known.
struct Leftover {
  ProcessStatus process;
  std::string attempt;
  FileDescriptor pidfd;
};

/// The files behind stdout and stderr of a process, as far as this user may see them.
std::array<struct stat, 2> OutputsOf(pid_t pid) {
  std::array<struct stat, 2> outputs{};
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::string path = "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(i + 1);
    ::stat(path.c_str(), &outputs.at(i));
  }
  return outputs;
}

bool AreAmong(const LeftMark& mark, const std::array<struct stat, 2>& outputs) {
  return std::any_of(outputs.begin(), outputs.end(), [&](const struct stat& output) {
    return output.st_ino == mark.inode && output.st_dev == mark.device;
  });
}

/// One scan of all processes of this machine.
class Look {
 public:
  Look(const LeftoverSigns& signs, const std::vector<LeftMark>& marks)
      : signs_(signs), marks_(marks) {
    FindGroups();
  }

  /// Finds at most kBatchMax leftovers. Each is sent `signal` (0: none) as soon as it is found,
  /// since a process may exist only long enough to fork. For the same reason the scan starts with
  /// the youngest.
  std::vector<Leftover> Find(int signal) {
    if (signal == SIGKILL && !groups_.empty()) {
      TakeGroups();
      KillGroups();
    }
    std::vector<ProcessStatus> others;
    for (const pid_t pid : PidsFromTheYoungest()) {
      const bool is_seen = pid == ::getpid() || ours_.contains(pid);
      auto process = is_seen ? std::nullopt : StatusOf(pid);
      if (!process || process->has_ended) {
        continue;
      }
      std::string attempt;
      if (IsOurs(*process, attempt)) {
        Take(*std::move(process), std::move(attempt), signal);
      } else {
        others.push_back(*std::move(process));
      }
    }
    // Now parents come before their children.
    std::stable_sort(others.begin(), others.end(), [](const auto& a, const auto& b) {
      return a.start < b.start;
    });
    for (ProcessStatus& process : others) {
      if (ours_.contains(process.parent)) {
        Take(std::move(process), "", signal);
      }
    }
    return std::move(found_);
  }

 private:
  /// A group's id is not reused while the group has members. So the group is the trial's if its
  /// leader still exists, or if no process has the leader's pid and the FIFO is still held.
  [[nodiscard]] static bool HasGroup(const LeftMark& mark) {
    if (!mark.leader) {
      return false;
    }
    const auto leader = StatusOf(mark.leader->pid);
    return leader ? leader->start == mark.leader->start : mark.IsHeld();
  }

  void FindGroups() {
    groups_.clear();
    for (const LeftMark& mark : marks_) {
      if (HasGroup(mark)) {
        groups_.push_back(mark.leader->pid);
      }
    }
  }

  /// Called before the groups are killed, so that members which have ended by the time of the scan
  /// are counted and waited for too.
  void TakeGroups() {
    for (const pid_t pid : PidsFromTheYoungest()) {
      auto process = pid == ::getpid() ? std::nullopt : StatusOf(pid);
      if (!process || process->has_ended) {
        continue;
      }
      const auto mark = std::find_if(marks_.begin(), marks_.end(), [&](const LeftMark& each) {
        return IsInGroup(*process, each);
      });
      if (mark != marks_.end()) {
        Take(*std::move(process), mark->attempt, 0);
      }
    }
    FindGroups();  // again: a group may have ended meanwhile, and its id been reused
  }

  [[nodiscard]] bool IsInGroup(const ProcessStatus& process, const LeftMark& mark) const {
    return mark.leader && process.group == mark.leader->pid &&
           std::find(groups_.begin(), groups_.end(), process.group) != groups_.end();
  }

  /// One SIGKILL reaches all members of a group, including those forked meanwhile.
  void KillGroups() const {
    for (const pid_t group : groups_) {
      ::kill(-group, SIGKILL);
    }
  }

  [[nodiscard]] bool IsOurs(const ProcessStatus& process, std::string& attempt) const {
    const auto outputs = marks_.empty() ? std::array<struct stat, 2>{} : OutputsOf(process.pid);
    for (const LeftMark& mark : marks_) {
      const bool is_leader = mark.leader == ProcessIdentity{process.pid, process.start};
      if (is_leader || IsInGroup(process, mark) || AreAmong(mark, outputs)) {
        attempt = mark.attempt;
        return true;
      }
    }
    return MarkerOf(process.pid).starts_with(signs_.marker_prefix);
  }

  /// The pidfd is opened before the process is examined again: if the pid was reused in between,
  /// the process is skipped and no signal is sent.
  void Take(ProcessStatus process, std::string attempt, int signal) {
    FileDescriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
    const auto now = StatusOf(process.pid);
    if (!now || now->start != process.start || found_.size() == kBatchMax) {
      return;
    }
    if (signal != 0) {
      ::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0);
    }
    ours_.insert(process.pid);
    found_.push_back({std::move(process), std::move(attempt), std::move(pidfd)});
  }

  const LeftoverSigns& signs_;
  const std::vector<LeftMark>& marks_;
  std::vector<pid_t> groups_;
  std::set<pid_t> ours_;
  std::vector<Leftover> found_;
};

/// Waits until all processes have ended, at most `patience`.
void AwaitEnd(const std::vector<Leftover>& processes, milliseconds patience) {
  const SystemClock clock;
  const Duration deadline = clock.Elapsed() + patience;
  for (const Leftover& each : processes) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - clock.Elapsed());
    pollfd ended{each.pidfd.get(), POLLIN, 0};
    ::poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  }
}

const LeftMark* FindHeld(const std::vector<LeftMark>& marks) {
  const auto held =
      std::find_if(marks.begin(), marks.end(), [](const LeftMark& mark) { return mark.IsHeld(); });
  return held == marks.end() ? nullptr : &*held;
}

Status CheckNothingIsLeft(const LeftoverSigns& signs, const std::vector<LeftMark>& marks) {
  const auto left = Look(signs, marks).Find(0);
  const LeftMark* const held = FindHeld(marks);
  if (left.empty() && held == nullptr) {
    return {};
  }
  std::string what;
  if (left.empty()) {
    what = "a process of trial attempt " + held->attempt + ", which keeps " + held->path.string() +
           " open (fuser names it)";
  } else {
    const Leftover& first = left.front();
    what = "process " + std::to_string(first.process.pid) + " (" + first.process.name + ")";
    what += first.attempt.empty() ? "" : " of trial attempt " + first.attempt;
    const bool may_not =
        ::syscall(SYS_pidfd_send_signal, first.pidfd.get(), 0, nullptr, 0) != 0 && errno == EPERM;
    what += may_not ? ", which this user may not end" : ", which does not end when it is killed";
  }
  return Fail(Code::kFailedPrecondition,
              "ending what an earlier run left behind: still running: " + what +
                  "; end it and try again, so that no trial runs twice at once");
}

}  // namespace

Result<std::size_t> EndLeftovers(const LeftoverSigns& signs, milliseconds grace) {
  const std::vector<LeftMark> marks = FindLeftMarks(signs.marks);
  const SystemClock clock;
  const Duration polite_until = clock.Elapsed() + grace;
  const Duration deadline = polite_until + kKillPatience;
  std::set<pid_t> ended;
  const int clean_looks = marks.empty() ? 1 : kCleanLooks;
  int clean = 0;
  while (clean < clean_looks && clock.Elapsed() < deadline) {
    const bool is_polite = clock.Elapsed() < polite_until;
    const Duration until = is_polite ? polite_until : deadline;
    const std::vector<Leftover> found = Look(signs, marks).Find(is_polite ? SIGTERM : SIGKILL);
    std::transform(
        found.begin(), found.end(), std::inserter(ended, ended.end()), [](const Leftover& each) {
          return each.process.pid;
        });
    const bool is_clean = found.empty() && FindHeld(marks) == nullptr;
    clean = is_clean ? clean + 1 : 0;
    if (!found.empty()) {
      AwaitEnd(found, std::chrono::ceil<milliseconds>(until - clock.Elapsed()));
    } else if (!is_clean) {
      ::poll(nullptr, 0, static_cast<int>(kLookPause.count()));
    }
  }
  if (clean < clean_looks) {
    HONE_RETURN_IF_ERROR(CheckNothingIsLeft(signs, marks));
  }
  for (const LeftMark& mark : marks) {
    ::unlink(mark.path.c_str());
  }
  return ended.size();
}

}  // namespace hone::controller
