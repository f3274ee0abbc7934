// Server: a gRPC server with Hone's limits, on one or more addresses, with the health service and
// reflection. Calls are answered on gRPC's threads. Its owner starts and stops it on one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proto/access/callers.h"
#include "proto/core/mutex.h"
#include "proto/core/result.h"
#include "proto/model/address.h"

namespace grpc {
class Server;
class Service;
namespace experimental {
class ExternalConnectionAcceptor;
}  // namespace experimental
}  // namespace grpc

namespace hone::rpc {

/// The longest message that a server accepts; documented in docs/guide/suggestion-service.md.
inline constexpr std::size_t kMessageBytesMax = std::size_t{256} << 20;
/// The memory for received bytes of all messages, besides the connections themselves.
inline constexpr std::size_t kBufferBytesMax = std::size_t{1} << 30;
inline constexpr int kMetadataBytesMax = 16 << 10;
inline constexpr int kStreamsPerConnection = 128;
inline constexpr int kThreadsMax = 64;
inline constexpr auto kIdleMax = std::chrono::minutes(10);

struct ServerOptions {
  /// Port 0 means any free port.
  std::vector<Address> listen;
  /// Start succeeds if the server can listen on at least one of the addresses.
  bool is_one_enough = false;
  /// Other processes of this user that set this too may listen on the same ports: each connection
  /// goes to one of the processes.
  bool is_shared = false;
  /// PEM files. With a certificate and its key the server uses TLS; with `client_ca` clients need a
  /// certificate that it has signed.
  std::filesystem::path certificate{};
  std::filesystem::path key{};
  std::filesystem::path client_ca{};
  /// The callers that the server admits; see ReadCallers.
  std::shared_ptr<const access::Callers> callers = std::make_shared<const access::Callers>();
  /// Allows addresses other than loopback although callers are not authenticated.
  bool is_insecure = false;
  /// Longer messages are refused before they are read.
  std::size_t message_bytes_max = kMessageBytesMax;
};

class Listener;

class Server {
 public:
  /// Errors: kInvalidArgument, which names the wrong option; kUnavailable, which says why the
  /// server cannot listen. `services` must outlive the server; `health` are the services that are
  /// SERVING besides "".
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                               std::span<grpc::Service* const> services,
                                               std::span<const std::string_view> health);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  /// The addresses on which the server listens, with their actual ports.
  [[nodiscard]] std::vector<std::string> Addresses() const;
  /// Sets the health to NOT_SERVING, accepts no new calls, and gives running calls `grace`. Then
  /// they are cancelled, and `grace_ends` is called on another thread; it is to keep calls that
  /// have not started from doing their work. A second later connections are closed even if their
  /// peers read nothing. Called once.
  void Stop(std::chrono::milliseconds grace, const std::function<void()>& grace_ends);

 private:
  explicit Server(std::vector<std::unique_ptr<Listener>> listeners);
  void Remember(int connection);
  /// Shuts down the connections that are still open, in both directions.
  void BreakConnections();

  Mutex mutex_;
  /// The cookies of connections by descriptor. gRPC owns the descriptors and may have closed some:
  /// a reused descriptor has another cookie.
  std::map<int, std::uint64_t> connections_ HONE_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Listener>> listeners_;
  /// They pass accepted connections to gRPC; one for each listener.
  std::vector<std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor>> acceptors_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace hone::rpc
