#include "proto/rpc/listener.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace hone::rpc {
namespace {

/// Descriptors that are reserved for the store, channels and certificate files. With a small limit,
/// a quarter of it.
constexpr rlim_t kKeptDescriptors = 64;
/// When descriptors are used up: the time until the next attempt to accept.
constexpr int kPauseMs = 50;
/// A peer that reads nothing for this long loses its connection: while a write to it is blocked,
/// gRPC (1.51) ends no call of that connection, not even a cancelled one.
constexpr int kUnreadMaxMs = 20'000;
constexpr int kNonBlocking = SOCK_NONBLOCK | SOCK_CLOEXEC;

/// The first of the reserved descriptors.
int FirstKept() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return 1024;
  }
  const rlim_t soft = std::min<rlim_t>(limit.rlim_cur, 1 << 30);
  return static_cast<int>(soft - std::min(kKeptDescriptors, soft / 4));
}

Error Failure(const Address& address, int error) {
  return {Code::kUnavailable,
          "listening on " + address.ToString() + ": " + std::generic_category().message(error)};
}

int Option(int socket, int level, int name, int value) {
  return ::setsockopt(socket, level, name, &value, sizeof value);
}

std::string PortText(std::uint16_t port) {
  return std::to_string(port);
}

std::uint16_t PortOf(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  auto* const any = reinterpret_cast<sockaddr*>(&bound);
  if (::getsockname(socket, any, &size) != 0) {
    return 0;
  }
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(any)->sin6_port
                                           : reinterpret_cast<sockaddr_in*>(any)->sin_port);
}

/// A listening socket, or a negative errno.
int Listen(const addrinfo& at, bool is_shared) {
  const int made = ::socket(at.ai_family, SOCK_STREAM | kNonBlocking, 0);
  if (made < 0) {
    return -errno;
  }
  Option(made, SOL_SOCKET, SO_REUSEADDR, 1);
  Option(made, SOL_SOCKET, SO_REUSEPORT, is_shared ? 1 : 0);
  // Accepted connections inherit these two options.
  Option(made, IPPROTO_TCP, TCP_NODELAY, 1);
  Option(made, IPPROTO_TCP, TCP_USER_TIMEOUT, kUnreadMaxMs);
  if (::bind(made, at.ai_addr, at.ai_addrlen) != 0 || ::listen(made, SOMAXCONN) != 0) {
    const int error = errno;
    ::close(made);
    return -error;
  }
  return made;
}

sockaddr_un NameOf(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), std::min(path.size(), sizeof name.sun_path - 1));
  return name;
}

/// Removes the socket that a killed server left. A socket on which a server listens stays, and so
/// does any other kind of file.
void RemoveLeftSocket(const sockaddr_un& name) {
  struct stat file {};
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | kNonBlocking, 0);
  const bool is_left =
      ::lstat(name.sun_path, &file) == 0 && S_ISSOCK(file.st_mode) &&
      ::connect(probe, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 &&
      errno == ECONNREFUSED;
  if (is_left) {
    ::unlink(name.sun_path);
  }
  ::close(probe);
}

}  // namespace

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

Result<std::unique_ptr<Listener>> Listener::Open(const Address& address, bool is_shared) {
  std::unique_ptr<Listener> listener(new Listener(address));
  listener->end_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (listener->end_ < 0) {
    return tl::unexpected<Error>(Failure(address, errno));
  }
  HONE_RETURN_IF_ERROR(address.path.empty() ? listener->OpenHost(is_shared) : listener->OpenPath());
  return listener;
}

Status Listener::OpenPath() {
  const sockaddr_un name = NameOf(address_.path);
  RemoveLeftSocket(name);
  const int made = ::socket(AF_UNIX, SOCK_STREAM | kNonBlocking, 0);
  if (made < 0 || ::bind(made, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 ||
      ::listen(made, SOMAXCONN) != 0) {
    const int error = errno;
    ::close(made);
    return tl::unexpected<Error>(Failure(address_, error));
  }
  sockets_.push_back(made);
  stalls_ = std::make_unique<StallWatch>();
  return {};
}

Status Listener::OpenHost(bool is_shared) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = PortText(address_.port);
  if (const int error = ::getaddrinfo(address_.host.c_str(), port.c_str(), &wanted, &found)) {
    return Fail(Code::kUnavailable,
                "listening on " + address_.ToString() + ": " + ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    if (address_.port != 0) {  // all addresses use the port of the first one
      auto* const port_field = at->ai_family == AF_INET6
                                   ? &reinterpret_cast<sockaddr_in6*>(at->ai_addr)->sin6_port
                                   : &reinterpret_cast<sockaddr_in*>(at->ai_addr)->sin_port;
      *port_field = htons(address_.port);
    }
    const int made = Listen(*at, is_shared);
    if (made >= 0) {
      sockets_.push_back(made);
      address_.port = PortOf(made);
    } else if (error = -made; error == EADDRINUSE || error == EACCES) {
      return tl::unexpected<Error>(Failure(address_, error));
    }  // else ignored: a machine without IPv6 may still have an IPv6 address for a name
  }
  return sockets_.empty() ? tl::unexpected<Error>(Failure(address_, error)) : Status();
}

Listener::~Listener() {
  if (thread_.joinable()) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(end_, &one, sizeof one);
    thread_.join();
  }
  for (const int socket : sockets_) {
    ::close(socket);
  }
  if (!address_.path.empty() && !sockets_.empty()) {
    ::unlink(address_.path.c_str());
  }
  if (end_ >= 0) {
    ::close(end_);
  }
}

void Listener::Begin(Take take) {
  take_ = std::move(take);
  thread_ = std::thread([this] { Run(); });
}

void Listener::Run() {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kPeriod(StallWatch::kPeriodMs);
  Clock::time_point next_look = Clock::now() + kPeriod;
  std::vector<pollfd> waiting = {{end_, POLLIN, 0}};
  for (const int socket : sockets_) {
    waiting.push_back({socket, POLLIN, 0});
  }
  while (true) {
    const bool is_watching = stalls_ != nullptr && !stalls_->IsEmpty();
    ::poll(waiting.data(), waiting.size(), is_watching ? StallWatch::kPeriodMs : -1);
    if (waiting.front().revents != 0) {
      return;
    }
    if (is_watching && Clock::now() >= next_look) {
      stalls_->Look();
      next_look = Clock::now() + kPeriod;
    }
    for (std::size_t i = 1; i < waiting.size(); ++i) {
      if (waiting[i].revents != 0) {
        Accept(waiting[i].fd);
      }
    }
  }
}

void Listener::Accept(int socket) {
  const int connection = ::accept4(socket, nullptr, nullptr, kNonBlocking);
  if (connection < 0) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      pollfd end{end_, POLLIN, 0};
      ::poll(&end, 1, kPauseMs);  // the socket stays readable; descriptors may become free
    }
    return;
  }
  if (connection >= FirstKept()) {
    ::close(connection);
    return;
  }
  if (stalls_ != nullptr) {
    stalls_->Add(connection);  // before take_, since the new owner may close it
  }
  take_(socket, connection);
}

}  // namespace hone::rpc
