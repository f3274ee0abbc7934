#include "tests/integration/program.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/paths.inc"

namespace hone {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

Running::Running(pid_t pid, std::filesystem::path out, std::filesystem::path err)
    : pid_(pid), out_(std::move(out)), err_(std::move(err)) {}

Running::Running(Running&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)) {}

Running::~Running() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

void Running::Signal(int signal) const {
  ::kill(pid_, signal);
}

Outcome Running::Wait() {
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  Outcome outcome;
  outcome.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  outcome.out = ReadFile(out_);
  outcome.err = ReadFile(err_);
  return outcome;
}

std::string Running::Err() const {
  return ReadFile(err_);
}

void Sandbox::Write(const std::string& name, const std::string& text) const {
  std::ofstream(folder_ / name, std::ios::binary) << text;
}

std::string Sandbox::Read(const std::string& name) const {
  return ReadFile(folder_ / name);
}

Outcome Sandbox::Hone(const std::vector<std::string>& words) const {
  return Start(words).Wait();
}

Running Sandbox::Start(const std::vector<std::string>& words) const {
  std::vector<std::string> all = {HONE_PROGRAM};
  all.insert(all.end(), words.begin(), words.end());
  return Spawn(all);
}

Outcome Sandbox::Shell(const std::string& line) const {
  return Spawn({"/bin/sh", "-c", "hone() { " HONE_PROGRAM " \"$@\"; }\n" + line}).Wait();
}

Running Sandbox::Spawn(const std::vector<std::string>& words) const {
  static int count = 0;
  const std::string number = std::to_string(++count);
  const std::filesystem::path out = folder_ / (".out." + number);
  const std::filesystem::path err = folder_ / (".err." + number);
  std::vector<char*> arguments;
  for (const std::string& word : words) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  std::string home = "HOME=" + path().string();
  std::string search = "PATH=/usr/local/bin:/usr/bin:/bin";
  std::vector<char*> environment = {home.data(), search.data(), nullptr};

  const pid_t pid = ::fork();
  if (pid == 0) {
    const bool is_ready = ::chdir(path().c_str()) == 0 &&
                          ::dup2(::open("/dev/null", O_RDONLY), 0) >= 0 &&
                          ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT, 0600), 1) >= 0 &&
                          ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT, 0600), 2) >= 0;
    if (is_ready) {
      ::execve(arguments[0], arguments.data(), environment.data());
    }
    ::_exit(127);
  }
  return {pid, out, err};
}

bool Eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

}  // namespace hone
