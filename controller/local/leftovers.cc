#include "controller/local/leftovers.h"

#include <algorithm>
#include <array>
#include <csignal>
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
#include "proto/model/time.h"

namespace hone::controller {
namespace {

using std::chrono::milliseconds;

/// How many processes are held (one descriptor each) and ended at a time.
constexpr std::size_t kBatchMax = 256;
/// How long SIGKILL may take before we stop waiting (a process in the kernel's hands).
constexpr milliseconds kKillPatience{2000};
/// A process that forks and ends again and again may hide from one look, not from several.
constexpr int kCleanLooks = 3;
constexpr milliseconds kLookPause{5};

/// `attempt` is empty if nothing tells.
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

/// One look at all processes of this machine.
class Look {
 public:
  Look(const LeftoverSigns& signs, const std::vector<LeftMark>& marks)
      : signs_(signs), marks_(marks), all_(AllProcesses()) {
    for (const LeftMark& mark : marks_) {
      if (HasGroup(mark)) {
        groups_.push_back(mark.leader->pid);
      }
    }
  }

  /// At most kBatchMax.
  [[nodiscard]] std::vector<Leftover> Find() const {
    std::vector<Leftover> found;
    std::set<pid_t> ours;
    // Parents are looked at before their children, as a rule, because the list is sorted by start.
    for (const ProcessStatus& process : all_) {
      if (process.pid == ::getpid() || process.has_ended || found.size() == kBatchMax) {
        continue;
      }
      std::string attempt;
      if (IsOurs(process, attempt) || ours.contains(process.parent)) {
        ours.insert(process.pid);
        if (FileDescriptor pidfd = Open(process); pidfd.is_open()) {
          found.push_back({process, std::move(attempt), std::move(pidfd)});
        }
      }
    }
    return found;
  }

  /// Process groups of trials, which SIGKILL reaches whole, forks included.
  [[nodiscard]] const std::vector<pid_t>& groups() const { return groups_; }

 private:
  /// The number of a group is free for others only when the group is empty: while its leader is
  /// there, or nobody has that number and the FIFO is held, it is the trial's.
  [[nodiscard]] bool HasGroup(const LeftMark& mark) const {
    if (!mark.leader) {
      return false;
    }
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const ProcessStatus& process) {
      return process.pid == mark.leader->pid;
    });
    return found == all_.end() ? mark.IsHeld() : found->start == mark.leader->start;
  }

  [[nodiscard]] bool IsOurs(const ProcessStatus& process, std::string& attempt) const {
    const auto outputs = marks_.empty() ? std::array<struct stat, 2>{} : OutputsOf(process.pid);
    for (const LeftMark& mark : marks_) {
      const bool is_in_group =
          mark.leader && process.group == mark.leader->pid &&
          std::find(groups_.begin(), groups_.end(), process.group) != groups_.end();
      const bool is_leader = mark.leader == ProcessIdentity{process.pid, process.start};
      if (is_leader || is_in_group || AreAmong(mark, outputs)) {
        attempt = mark.attempt;
        return true;
      }
    }
    return MarkerOf(process.pid).starts_with(signs_.marker_prefix);
  }

  /// Not open if the process has ended since.
  [[nodiscard]] static FileDescriptor Open(const ProcessStatus& process) {
    FileDescriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
    const auto now = StatusOf(process.pid);
    return now && now->start == process.start ? std::move(pidfd) : FileDescriptor();
  }

  const LeftoverSigns& signs_;
  const std::vector<LeftMark>& marks_;
  std::vector<ProcessStatus> all_;
  std::vector<pid_t> groups_;
};

void Signal(const std::vector<Leftover>& processes, int signal) {
  for (const Leftover& each : processes) {
    ::syscall(SYS_pidfd_send_signal, each.pidfd.get(), signal, nullptr, 0);
  }
}

/// Waits until all have ended, at most `patience`.
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
  const auto left = Look(signs, marks).Find();
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
  for (int clean = 0; clean < clean_looks && clock.Elapsed() < deadline;) {
    const Look look(signs, marks);
    const std::vector<Leftover> found = look.Find();
    if (found.empty()) {
      clean = FindHeld(marks) == nullptr ? clean + 1 : 0;
      if (clean == 0) {
        ::poll(nullptr, 0, static_cast<int>(kLookPause.count()));
      }
      continue;
    }
    clean = 0;
    for (const Leftover& each : found) {
      ended.insert(each.process.pid);
    }
    const auto politely = std::chrono::ceil<milliseconds>(polite_until - clock.Elapsed());
    if (politely.count() > 0) {
      Signal(found, SIGTERM);
      AwaitEnd(found, politely);
    }
    for (const pid_t group : look.groups()) {
      ::kill(-group, SIGKILL);
    }
    Signal(found, SIGKILL);
    AwaitEnd(found, std::chrono::ceil<milliseconds>(deadline - clock.Elapsed()));
  }
  HONE_RETURN_IF_ERROR(CheckNothingIsLeft(signs, marks));
  for (const LeftMark& mark : marks) {
    ::unlink(mark.path.c_str());
  }
  return ended.size();
}

}  // namespace hone::controller
