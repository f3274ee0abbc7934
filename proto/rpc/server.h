// Server: a gRPC server with Hone's limits, on some addresses, with the health service and
// reflection. Calls are answered on gRPC's threads. Who owns it starts it and stops it, from one
// thread.
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
#include "proto/model/address.h"
#include "proto/model/mutex.h"
#include "proto/model/result.h"

namespace grpc {
class Server;
class Service;
namespace experimental {
class ExternalConnectionAcceptor;
}  // namespace experimental
}  // namespace grpc

namespace hone::rpc {

/// What a server takes. docs/guide/suggestion-service.md says so to users.
inline constexpr std::size_t kMessageBytesMax = std::size_t{256} << 20;
/// What has been received of all messages, beside the connections themselves.
inline constexpr std::size_t kBufferBytesMax = std::size_t{1} << 30;
inline constexpr int kMetadataBytesMax = 16 << 10;
inline constexpr int kStreamsPerConnection = 128;
inline constexpr int kThreadsMax = 64;
inline constexpr auto kIdleMax = std::chrono::minutes(10);

struct ServerOptions {
  /// Port 0 takes a free one.
  std::vector<Address> listen;
  /// It is enough to get one of the addresses.
  bool is_one_enough = false;
  /// Other processes of this user that say so too may listen there as well: each connection gets
  /// one of them.
  bool is_shared = false;
  /// PEM files. A certificate and its key make it TLS; with `client_ca` clients have to show a
  /// certificate that it has signed.
  std::filesystem::path certificate{};
  std::filesystem::path key{};
  std::filesystem::path client_ca{};
  /// The callers that are let in; see ReadCallers.
  std::shared_ptr<const access::Callers> callers = std::make_shared<const access::Callers>();
  /// Allows other addresses than loopback though nobody has to say who they are.
  bool is_insecure = false;
  /// Longer messages are refused before they are read.
  std::size_t message_bytes_max = kMessageBytesMax;
};

class Listener;

class Server {
 public:
  /// kInvalidArgument names the option that is wrong; kUnavailable says why it cannot listen.
  /// `services` must outlive the server; `health` are the names that are SERVING besides "".
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                               std::span<grpc::Service* const> services,
                                               std::span<const std::string_view> health);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  /// Those that it has got, with their ports.
  [[nodiscard]] std::vector<std::string> Addresses() const;
  /// Health says NOT_SERVING, no new calls come in, and those that have come get `grace`. Then they
  /// are cancelled and `grace_ends` is called, on another thread, which is to keep those from their
  /// work that have not begun it. A second later connections end even if their peers read nothing.
  /// Once.
  void Stop(std::chrono::milliseconds grace, const std::function<void()>& grace_ends);

 private:
  explicit Server(std::vector<std::unique_ptr<Listener>> listeners);
  void Remember(int connection);
  /// Of connections that are still open, nothing more is sent or received.
  void BreakConnections();

  Mutex mutex_;
  /// The cookies of connections by their descriptors. gRPC owns these and may have closed some:
  /// then what has the descriptor now has another cookie.
  std::map<int, std::uint64_t> connections_ HONE_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Listener>> listeners_;
  /// Connections that were accepted become the server's here; one for each listener.
  std::vector<std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor>> acceptors_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace hone::rpc
