// Server: a gRPC server with Hone's limits, on one address, with the health service and reflection.
// Calls are answered on gRPC's threads. Who owns it starts it and stops it, from one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/model/result.h"

namespace grpc {
class Server;
class Service;
}  // namespace grpc

namespace hone::rpc {

struct ServerOptions {
  /// "host:port" or "unix:/path"; port 0 takes a free one.
  std::string listen = "127.0.0.1:6789";
  /// PEM files. A certificate and its key make it TLS; with `client_ca` clients have to show a
  /// certificate that it has signed.
  std::filesystem::path certificate{};
  std::filesystem::path key{};
  std::filesystem::path client_ca{};
  /// A file of bearer tokens, one a line; empty: none is asked for.
  std::filesystem::path tokens{};
  /// Allows other addresses than loopback though nobody has to say who they are.
  bool is_insecure = false;
};

/// What a server takes. docs/guide/suggestion-service.md says so to users.
inline constexpr std::size_t kMessageBytesMax = std::size_t{256} << 20;
/// All messages and buffers at once.
inline constexpr std::size_t kBufferBytesMax = std::size_t{1} << 30;
inline constexpr int kMetadataBytesMax = 16 << 10;
inline constexpr int kStreamsPerConnection = 128;
inline constexpr int kThreadsMax = 64;
inline constexpr auto kIdleMax = std::chrono::minutes(10);

class Server {
 public:
  /// kInvalidArgument names the option that is wrong; kUnavailable if the address is taken.
  /// `services` must outlive the server; `health` are the names that are SERVING besides "".
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                               std::span<grpc::Service* const> services,
                                               std::span<const std::string_view> health);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  /// The address with the port that it has.
  [[nodiscard]] const std::string& address() const { return address_; }
  /// Health says NOT_SERVING, no new calls come in, and those that run get `grace`. Once.
  void Stop(std::chrono::milliseconds grace);

 private:
  Server(std::unique_ptr<grpc::Server> server, std::string address);

  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace hone::rpc
