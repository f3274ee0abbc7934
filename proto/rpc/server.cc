#include "proto/rpc/server.h"

#include <future>
#include <optional>
#include <thread>
#include <utility>

#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <sys/socket.h>

#include "proto/rpc/credentials.h"
#include "proto/rpc/listener.h"
#include "proto/rpc/log.h"
#include "proto/rpc/stall_watch.h"

namespace hone::rpc {
namespace {

/// The time that cancelled calls have to send their status to their callers.
constexpr auto kLastWords = std::chrono::seconds(1);

int Milliseconds(std::chrono::milliseconds time) {
  return static_cast<int>(time.count());
}

void SetLimits(const ServerOptions& options, grpc::ServerBuilder& builder) {
  grpc::ResourceQuota quota("hone");
  quota.Resize(kBufferBytesMax);
  quota.SetMaxThreads(kThreadsMax);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.message_bytes_max));
  builder.SetMaxSendMessageSize(static_cast<int>(kMessageBytesMax));
  // No decompression: one megabyte may unpack to a gigabyte before its size is checked.
  for (const auto algorithm : {GRPC_COMPRESS_DEFLATE, GRPC_COMPRESS_GZIP}) {
    builder.SetCompressionAlgorithmSupportStatus(algorithm, false);
  }
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnection);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(kIdleMax));
  // A peer that disappeared is noticed, and one that pings too often is disconnected.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(std::chrono::minutes(2)));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(std::chrono::seconds(20)));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             Milliseconds(std::chrono::seconds(10)));
}

/// Listens on every address, or, if one is enough, on those that are possible.
Result<std::vector<std::unique_ptr<Listener>>> OpenAll(const ServerOptions& options) {
  std::vector<std::unique_ptr<Listener>> listeners;
  std::optional<Error> failure;
  for (const Address& address : options.listen) {
    auto listener = Listener::Open(address, options.is_shared);
    if (listener) {
      listeners.push_back(*std::move(listener));
    } else if (!options.is_one_enough) {
      return tl::unexpected<Error>(std::move(listener).error());
    } else if (!failure) {
      failure = std::move(listener).error();
    }
  }
  if (listeners.empty()) {
    return tl::unexpected<Error>(
        failure.value_or(Error{Code::kInvalidArgument, "--listen: names no address"}));
  }
  return listeners;
}

}  // namespace

Server::Server(std::vector<std::unique_ptr<Listener>> listeners)
    : listeners_(std::move(listeners)) {}

Server::~Server() {
  Stop(std::chrono::milliseconds(0), [] {});
}

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                              std::span<grpc::Service* const> services,
                                              std::span<const std::string_view> health) {
  SilenceGrpc();
  HONE_ASSIGN_OR_RETURN(const auto credentials, MakeCredentials(options));
  RaiseDescriptorLimit();
  // The matching grpc_shutdown() is never called: in gRPC 1.51 it joins a thread that polls
  // connections for up to 10 seconds, once a reply has not fitted into a socket's buffer.
  grpc_init();
  HONE_ASSIGN_OR_RETURN(auto listeners, OpenAll(options));
  std::unique_ptr<Server> server(new Server(std::move(listeners)));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetLimits(options, builder);
  for (std::size_t i = 0; i < server->listeners_.size(); ++i) {
    server->acceptors_.push_back(builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, credentials));
  }
  for (grpc::Service* const service : services) {
    builder.RegisterService(service);
  }
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr) {
    return Fail(Code::kInvalidArgument,
                "starting to serve: the certificate or its key cannot be used");
  }
  for (const std::string_view name : health) {
    server->server_->GetHealthCheckService()->SetServingStatus(std::string(name), true);
  }
  std::size_t next = 0;
  for (const auto& listener : server->listeners_) {
    listener->Begin([owner = server.get(), acceptor = server->acceptors_[next++].get()](
                        int socket, int connection) {
      owner->Remember(connection);
      grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters accepted;
      accepted.listener_fd = socket;
      accepted.fd = connection;
      acceptor->HandleNewConnection(&accepted);
    });
  }
  return server;
}

std::vector<std::string> Server::Addresses() const {
  std::vector<std::string> addresses;
  for (const std::unique_ptr<Listener>& listener : listeners_) {
    addresses.push_back(listener->address().ToString());
  }
  return addresses;
}

void Server::Stop(std::chrono::milliseconds grace, const std::function<void()>& grace_ends) {
  listeners_.clear();
  if (server_ == nullptr) {
    return;
  }
  server_->GetHealthCheckService()->Shutdown();
  // gRPC (1.51) waits for the end of every connection, and does not end one while it writes to it:
  // a peer that does not read would delay the stop until the system gives it up. Nor does it serve
  // connections while all of its threads are busy with queued calls, cancelled or not.
  std::promise<void> has_ended;
  std::thread breaker([&, ended = has_ended.get_future()] {
    if (ended.wait_for(grace) == std::future_status::ready) {
      return;
    }
    grace_ends();
    if (ended.wait_for(kLastWords) == std::future_status::timeout) {
      BreakConnections();
    }
  });
  server_->Shutdown(std::chrono::system_clock::now() + grace);
  server_->Wait();
  has_ended.set_value();
  breaker.join();
  server_.reset();
}

void Server::Remember(int connection) {
  const MutexLock lock(mutex_);
  connections_[connection] = CookieOf(connection);
}

void Server::BreakConnections() {
  const MutexLock lock(mutex_);
  for (const auto& [connection, cookie] : connections_) {
    if (cookie != 0 && CookieOf(connection) == cookie) {
      ::shutdown(connection, SHUT_RDWR);
    }
  }
}

}  // namespace hone::rpc
