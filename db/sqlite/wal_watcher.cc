#include "db/sqlite/wal_watcher.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "db/sqlite/signals_blocked.h"

namespace hone::db {

Result<std::unique_ptr<WalWatcher>> WalWatcher::Start(const std::filesystem::path& wal,
                                                      std::function<void()> woken) {
  const int notices = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  const int end = notices < 0 ? -1 : ::eventfd(0, EFD_CLOEXEC);
  if (end < 0) {
    const int error = errno;
    if (notices >= 0) {
      ::close(notices);
    }
    return Fail(Code::kResourceExhausted,
                "watch " + wal.string() + ": " + std::generic_category().message(error) +
                    "; raise fs.inotify.max_user_instances or the limit of open files");
  }
  std::unique_ptr<WalWatcher> watcher(new WalWatcher(wal.string(), std::move(woken), notices, end));
  const SignalsBlocked blocked;
  watcher->thread_ = std::thread([self = watcher.get()] { self->Run(); });
  return watcher;
}

WalWatcher::WalWatcher(std::string wal, std::function<void()> woken, int notices, int end)
    : wal_(std::move(wal)), woken_(std::move(woken)), notices_(notices), end_(end) {}

WalWatcher::~WalWatcher() {
  const std::uint64_t one = 1;
  static_cast<void>(::write(end_, &one, sizeof one));
  thread_.join();
  ::close(notices_);
  ::close(end_);
}

// If the file is watched already, the watch stays and no notice is lost.
Status WalWatcher::Arm() {
  if (::inotify_add_watch(notices_, wal_.c_str(), IN_MODIFY | IN_ATTRIB) >= 0) {
    return {};
  }
  return Fail(errno == ENOSPC || errno == ENOMEM ? Code::kResourceExhausted : Code::kUnavailable,
              "watch " + wal_ + ": " + std::generic_category().message(errno));
}

void WalWatcher::Run() {
  while (TakeNotices()) {
    woken_();
  }
}

bool WalWatcher::TakeNotices() {
  std::array<pollfd, 2> waiting{{{notices_, POLLIN, 0}, {end_, POLLIN, 0}}};
  while (::poll(waiting.data(), waiting.size(), -1) < 0) {
    // Interrupted although the thread gets no signals, for instance by a debugger.
  }
  // The contents of the notices do not matter.
  std::array<char, 4096> taken{};
  while (::read(notices_, taken.data(), taken.size()) > 0) {
  }
  return waiting[1].revents == 0;
}

}  // namespace hone::db
