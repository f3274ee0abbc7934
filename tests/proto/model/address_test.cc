#include "proto/model/address.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

using Use = Address::Use;

TEST(Address, IsAHostAPortOrASocketOfTheFileSystem) {
  EXPECT_EQ(Address::Parse("127.0.0.1:6789", Use::kListen), (Address{"127.0.0.1", 6789, ""}));
  EXPECT_EQ(Address::Parse("my-host.example:1", Use::kConnect),
            (Address{"my-host.example", 1, ""}));
  EXPECT_EQ(Address::Parse("[::1]:65535", Use::kConnect), (Address{"::1", 65535, ""}));
  EXPECT_EQ(Address::Parse("unix:/run/hone", Use::kConnect), (Address{"", 0, "/run/hone"}));
}

TEST(Address, IsWrittenAsItIsRead) {
  for (const char* text : {"127.0.0.1:6789", "[fe80::1%eth0]:1", "localhost:0", "unix:/a/b"}) {
    EXPECT_EQ(Address::Parse(text, Use::kListen).value().ToString(), text);
  }
}

TEST(Address, LeavesThePortToTheSystemOnlyWhereItListens) {
  EXPECT_TRUE(Address::Parse("127.0.0.1:0", Use::kListen).has_value());
  EXPECT_FALSE(Address::Parse("127.0.0.1:0", Use::kConnect).has_value());
}

TEST(Address, SaysWhatWouldBeRight) {
  const std::pair<const char*, const char*> cases[] = {
      {"127.0.0.1:80000", "port \"80000\": must be a number from 0"},
      {"127.0.0.1:65536", "to 65535"},
      {"h:99999999999999999999", "to 65535"},
      {"127.0.0.1:-1", "port \"-1\""},
      {"127.0.0.1:http", "port \"http\""},
      {"127.0.0.1: 80", "port \" 80\""},
      {"127.0.0.1:80x", "port \"80x\""},
      {"127.0.0.1:", "port \"\""},
      {"127.0.0.1", "has no port: 127.0.0.1:6789"},
      {"localhost", "has no port: localhost:6789"},
      {":99999", "names no host"},
      {"", "names no host"},
      {"300.0.0.1:1", "no IPv4 address"},
      {"1:1", "no IPv4 address"},
      {"a b:1", "names no host"},
      {"::1", "[::1]:6789"},
      {"::1:6789", "[::1:6789]:6789"},
      {"a:b:1", "more than one colon"},
      {"[::1]", "has no port: [::1]:6789"},
      {"[::1", "no IPv6 address in its brackets"},
      {"[localhost]:1", "no IPv6 address in its brackets"},
      {"[::1]1", "behind its brackets"},
      {"http://host:80", "without a scheme"},
      {"unix:relative", "unix:/path"},
      {"unix:/", "unix:/path"},
  };
  for (const auto& [text, words] : cases) {
    const Result<Address> address = Address::Parse(text, Use::kListen);

    ASSERT_FALSE(address.has_value()) << text;
    EXPECT_NE(address.error().message.find(words), std::string::npos) << address.error().message;
    EXPECT_TRUE(address.error().message.starts_with("\"")) << address.error().message;
  }
  EXPECT_FALSE(Address::Parse("unix:/" + std::string(200, 'x'), Use::kListen).has_value());
}

TEST(Address, KnowsAddressesThatOnlyThisMachineReaches) {
  for (const char* text : {"127.0.0.1:1", "127.255.0.9:1", "localhost:1", "[::1]:1", "unix:/a"}) {
    EXPECT_TRUE(Address::Parse(text, Use::kListen).value().IsLoopback()) << text;
  }
  for (const char* text : {"0.0.0.0:1", "[::]:1", "127.example.com:1", "localhost.example.com:1"}) {
    EXPECT_FALSE(Address::Parse(text, Use::kListen).value().IsLoopback()) << text;
  }
}

}  // namespace
}  // namespace hone
