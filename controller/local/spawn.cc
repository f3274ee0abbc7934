#include "controller/local/spawn.h"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "controller/local/program.h"
#include "controller/local/system_failure.h"

namespace hone::controller {
namespace {

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return SystemFailure("making a pipe for its output", errno);
  }
  Pipe pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
  // Only our end does not block: the child expects a pipe that blocks, like any other.
  if (::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) {
    return SystemFailure("making a pipe for its output", errno);
  }
  return pipe;
}

/// posix_spawn's attributes and file actions.
class SpawnSettings {
 public:
  SpawnSettings(int output, int errors, const std::string& working_directory) {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_init(&actions_);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    // Descriptors 0 to 2 are open in hone itself (main.cc), so neither pipe has one of these
    // numbers.
    Check(::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO));
    Check(::posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO));
    Check(::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0));
    // Hone's own descriptors are close-on-exec; this closes those that hone inherited.
    Check(::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1));
    if (!working_directory.empty()) {
      Check(::posix_spawn_file_actions_addchdir_np(&actions_, working_directory.c_str()));
    }
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  SpawnSettings(SpawnSettings&&) = delete;
  SpawnSettings& operator=(SpawnSettings&&) = delete;
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  /// 0, or the errno if memory was short when an action was added.
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }
  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  void Check(int result) { error_ = error_ != 0 ? error_ : result; }

  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t actions_{};
  int error_ = 0;
};

/// The arguments in the form that execve takes: pointers into `texts`, and a null at the end.
std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) {
    pointers.push_back(const_cast<char*>(text.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

/// posix_spawn does not tell which of its steps failed, so the likely causes are checked
/// afterwards.
Status Inspect(const SpawnRequest& request) {
  if (!request.working_directory.empty()) {
    HONE_RETURN_IF_ERROR(CheckWorkingDirectory(request.working_directory));
  }
  HONE_RETURN_IF_ERROR(FindProgram(request.program, "", request.working_directory));
  return {};
}

tl::unexpected<Error> SpawnFailure(const SpawnRequest& request, int error) {
  if (Status fault = Inspect(request); !fault) {
    return tl::unexpected<Error>(std::move(fault).error());
  }
  const std::string name = "\"" + request.program + "\"";
  switch (error) {
    case ENOENT:
      return Fail(Code::kNotFound,
                  name + " needs an interpreter (its #! line) or loader that does not exist");
    case ENOEXEC:
      return Fail(Code::kPermissionDenied,
                  name + " is neither a program of this machine nor a script with a #! line");
    case E2BIG:
      return Fail(Code::kInvalidArgument,
                  "running " + name + ": its arguments and environment are too long");
    default:
      return SystemFailure("running " + name, error);
  }
}

}  // namespace

Result<Child> Spawn(const SpawnRequest& request, Pipe errors) {
  HONE_ASSIGN_OR_RETURN(Pipe output, MakePipe());
  const SpawnSettings settings(
      output.write_end.get(), errors.write_end.get(), request.working_directory);
  const std::vector<char*> arguments = Pointers(request.arguments);
  const std::vector<char*> environment = request.environment.Block();

  Child child;
  int error = settings.error();
  if (error == 0) {
    error = ::posix_spawn(&child.pid,
                          request.program.c_str(),
                          settings.actions(),
                          settings.attributes(),
                          arguments.data(),
                          environment.data());
  }
  if (error != 0) {
    return SpawnFailure(request, error);
  }
  // The system call itself, since glibc 2.36's <sys/pidfd.h> lacks C++ linkage. It sets
  // close-on-exec.
  child.pidfd = FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
  if (!child.pidfd.is_open()) {
    error = errno;
    ::kill(-child.pid, SIGKILL);
    ::waitpid(child.pid, nullptr, 0);
    return SystemFailure("watching process " + std::to_string(child.pid), error);
  }
  child.outputs = {std::move(output.read_end), std::move(errors.read_end)};
  return child;
}

}  // namespace hone::controller
