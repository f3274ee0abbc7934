#include "controller/local/descendants.h"

#include <chrono>
#include <csignal>
#include <thread>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "controller/local/processes.h"

namespace hone::controller {

Descendants::Descendants() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  for (const pid_t pid : ChildrenOfThisProcess()) {
    foreign_.insert(pid);
  }
}

template <typename Visit>
void Descendants::ForEachAdopted(Visit&& visit) {
  for (const pid_t pid : ChildrenOfThisProcess()) {
    if (leaders_.contains(pid) || foreign_.contains(pid)) {
      continue;
    }
    if (::waitpid(pid, nullptr, WNOHANG) == 0) {
      visit(pid);
    }
  }
}

void Descendants::Reap() {
  ForEachAdopted([](pid_t) {});
}

bool Descendants::End(const std::string& marker) {
  bool is_any_left = false;
  ForEachAdopted([&](pid_t pid) {
    const std::string found = MarkerOf(pid);
    if (found == marker || (found.empty() && leaders_.empty())) {
      ::kill(pid, SIGKILL);  // our child, not yet reaped: no other process can have its pid
      is_any_left = true;
    }
  });
  return !is_any_left;
}

void Descendants::EndAll() {
  constexpr int kRoundsMax = 2000;
  bool is_any_left = true;
  for (int round = 0; round < kRoundsMax && is_any_left; ++round) {
    is_any_left = false;
    ForEachAdopted([&](pid_t pid) {
      ::kill(pid, SIGKILL);
      is_any_left = true;
    });
    if (is_any_left) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
}

}  // namespace hone::controller
