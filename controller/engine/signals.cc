#include "controller/engine/signals.h"

#include <cerrno>
#include <csignal>
#include <system_error>

#include <sys/signalfd.h>
#include <unistd.h>

namespace hone::controller {
namespace {

class SignalDescriptor final : public SignalQueue {
 public:
  SignalDescriptor(int fd, const sigset_t& before) : fd_(fd), before_(before) {}
  SignalDescriptor(const SignalDescriptor&) = delete;
  SignalDescriptor& operator=(const SignalDescriptor&) = delete;
  ~SignalDescriptor() override {
    // What arrived too late must not end the program while it tells its result.
    Take();
    ::close(fd_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  [[nodiscard]] int fd() const override { return fd_; }

  std::vector<Host::Signal> Take() override {
    std::vector<Host::Signal> signals;
    signalfd_siginfo signal{};
    while (::read(fd_, &signal, sizeof signal) == static_cast<ssize_t>(sizeof signal)) {
      signals.push_back(signal.ssi_signo == SIGINT ? Host::Signal::kInterrupt
                                                   : Host::Signal::kTerminate);
    }
    return signals;
  }

 private:
  int fd_;
  sigset_t before_;
};

bool IsIgnored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Result<std::unique_ptr<SignalQueue>> SignalQueue::Make() {
  sigset_t wanted;
  sigset_t before;
  ::sigemptyset(&wanted);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!IsIgnored(signal)) {
      ::sigaddset(&wanted, signal);
    }
  }
  ::pthread_sigmask(SIG_BLOCK, &wanted, &before);
  const int fd = ::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd < 0) {
    return Fail(Code::kResourceExhausted,
                "listening for signals: " + std::generic_category().message(errno));
  }
  return std::make_unique<SignalDescriptor>(fd, before);
}

}  // namespace hone::controller
