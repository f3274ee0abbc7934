#include "tests/bench/measured_process.h"

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proto/core/result.h"

namespace hone::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

double SecondsOf(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

/// Starts `command` with its standard output and error redirected to `output`.
pid_t Spawn(const std::vector<std::string>& command, int output) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  HONE_CHECK(posix_spawn_file_actions_init(&actions) == 0);
  HONE_CHECK(posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) == 0);
  HONE_CHECK(posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO) == 0);
  pid_t pid = 0;
  HONE_CHECK(posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

std::string ReadAll(int fd) {
  std::string text;
  std::array<char, 65536> buffer{};
  for (ssize_t count = 1; count > 0;) {
    count = read(fd, buffer.data(), buffer.size());
    text.append(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  }
  return text;
}

double ResidentMegabytes(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/statm");
  long total = 0;
  long resident = 0;
  status >> total >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / 1e6;
}

}  // namespace

Measurement RunAndMeasure(const std::vector<std::string>& command) {
  std::array<int, 2> ends{};
  HONE_CHECK(pipe2(ends.data(), O_CLOEXEC) == 0);
  const SteadyClock::time_point start = SteadyClock::now();
  const pid_t pid = Spawn(command, ends[1]);
  close(ends[1]);
  Measurement measurement;
  measurement.output = ReadAll(ends[0]);
  close(ends[0]);
  int status = 0;
  rusage usage{};
  HONE_CHECK(wait4(pid, &status, 0, &usage) == pid);
  measurement.seconds = SecondsSince(start);
  measurement.processor_seconds = SecondsOf(usage.ru_utime) + SecondsOf(usage.ru_stime);
  measurement.peak_megabytes = static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
  measurement.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return measurement;
}

double SpawnRate(const std::vector<std::string>& command, int count, int parallel) {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  HONE_CHECK(nowhere >= 0);
  const SteadyClock::time_point start = SteadyClock::now();
  int running = 0;
  for (int started = 0; started < count || running > 0;) {
    if (started < count && running < parallel) {
      Spawn(command, nowhere);
      ++started;
      ++running;
    } else {
      HONE_CHECK(waitpid(-1, nullptr, 0) > 0);
      --running;
    }
  }
  const double seconds = SecondsSince(start);
  close(nowhere);
  return count / seconds;
}

double IdleMegabytes(const std::vector<std::string>& command) {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  HONE_CHECK(nowhere >= 0);
  const pid_t pid = Spawn(command, nowhere);
  close(nowhere);
  // Two seconds to settle. A program that ends within them was not idle.
  pollfd ended{
      .fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0)), .events = POLLIN, .revents = 0};
  HONE_CHECK(poll(&ended, 1, 2000) == 0);
  const double megabytes = ResidentMegabytes(pid);
  close(ended.fd);
  kill(pid, SIGTERM);
  waitpid(pid, nullptr, 0);
  return megabytes;
}

}  // namespace hone::bench
