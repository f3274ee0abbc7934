#include "proto/rpc/listener.h"

#include <future>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace hone::rpc {
namespace {

TEST(Listener, HasTheSystemGiveUpAPeerThatTakesNothingForTwentySeconds) {
  const auto listener =
      Listener::Open(*Address::Parse("127.0.0.1:0", Address::Use::kListen)).value();
  std::promise<int> taken;
  listener->Begin([&](int /*socket*/, int connection) { taken.set_value(connection); });
  const int peer = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(listener->address().port);
  ASSERT_EQ(::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);

  const int connection = taken.get_future().get();

  int milliseconds = 0;
  socklen_t size = sizeof milliseconds;
  EXPECT_EQ(::getsockopt(connection, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, &size), 0);
  EXPECT_EQ(milliseconds, 20'000);
  ::close(connection);
  ::close(peer);
}

}  // namespace
}  // namespace hone::rpc
