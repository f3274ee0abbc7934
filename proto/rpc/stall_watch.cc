#include "proto/rpc/stall_watch.h"

#include <array>
#include <iterator>
#include <utility>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace hone::rpc {
namespace {

/// 20 seconds, the first look not counted: it may come at any moment of a stall.
constexpr int kStalledLooksMax = 5;

bool IsWritable(int socket) {
  pollfd asked{socket, POLLOUT, 0};
  return ::poll(&asked, 1, 0) != 0;
}

}  // namespace

std::uint64_t CookieOf(int socket) {
  std::uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  return ::getsockopt(socket, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

StallWatch::StallWatch() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

StallWatch::~StallWatch() {
  if (epoll_ >= 0) {
    ::close(epoll_);
  }
}

void StallWatch::Add(int connection) {
  epoll_event edge{};
  edge.events = EPOLLOUT | EPOLLET;
  edge.data.fd = connection;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection, &edge) == 0) {
    connections_[connection] = {.cookie = CookieOf(connection)};
  }
}

void StallWatch::TakeEdges() {
  std::array<epoll_event, 256> edges;
  int count = 0;
  do {
    count = ::epoll_wait(epoll_, edges.data(), edges.size(), 0);
    for (int i = 0; i < count; ++i) {
      if (const auto at = connections_.find(edges[static_cast<std::size_t>(i)].data.fd);
          at != connections_.end()) {
        at->second.was_writable = true;
      }
    }
  } while (count == static_cast<int>(edges.size()));
}

void StallWatch::Look() {
  TakeEdges();
  for (auto at = connections_.begin(); at != connections_.end();) {
    auto& [descriptor, connection] = *at;
    const bool is_open = connection.cookie != 0 && CookieOf(descriptor) == connection.cookie;
    const bool was_writable = std::exchange(connection.was_writable, false);
    const bool is_stalled = !was_writable && !IsWritable(descriptor);
    connection.stalled_looks = is_stalled ? connection.stalled_looks + 1 : 0;
    if (is_open && connection.stalled_looks == kStalledLooksMax) {
      ::shutdown(descriptor, SHUT_RDWR);
    }
    at = is_open ? std::next(at) : connections_.erase(at);
  }
}

}  // namespace hone::rpc
