#include "proto/rpc/stall_watch.h"

#include <iterator>
#include <utility>

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace hone::rpc {
namespace {

bool IsWritable(int socket) {
  pollfd asked{socket, POLLOUT, 0};
  return ::poll(&asked, 1, 0) != 0;
}

int UnreadBytes(int socket) {
  int bytes = 0;
  ::ioctl(socket, SIOCOUTQ, &bytes);
  return bytes;
}

}  // namespace

std::uint64_t CookieOf(int socket) {
  std::uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  return ::getsockopt(socket, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

void StallWatch::Add(int connection) {
  connections_[connection] = {.cookie = CookieOf(connection)};
}

void StallWatch::Look() {
  for (auto at = connections_.begin(); at != connections_.end();) {
    auto& [descriptor, connection] = *at;
    if (connection.cookie == 0 || CookieOf(descriptor) != connection.cookie) {
      at = connections_.erase(at);
      continue;
    }
    const int unread = UnreadBytes(descriptor);
    const bool is_stalled =
        std::exchange(connection.unread_bytes, unread) == unread && !IsWritable(descriptor);
    connection.stalled_looks = is_stalled ? connection.stalled_looks + 1 : 0;
    if (connection.stalled_looks == kStalledLooksMax) {
      ::shutdown(descriptor, SHUT_RDWR);
    }
    ++at;
  }
}

}  // namespace hone::rpc
