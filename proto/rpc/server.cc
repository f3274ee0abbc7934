#include "proto/rpc/server.h"

#include <cstdlib>
#include <utility>

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <sys/resource.h>

#include "proto/rpc/credentials.h"

namespace hone::rpc {
namespace {

/// Every connection is a descriptor; the usual soft limit is 1024.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

int Milliseconds(std::chrono::milliseconds time) {
  return static_cast<int>(time.count());
}

void SetLimits(grpc::ServerBuilder& builder) {
  grpc::ResourceQuota quota("hone");
  quota.Resize(kBufferBytesMax);
  quota.SetMaxThreads(kThreadsMax);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(static_cast<int>(kMessageBytesMax));
  builder.SetMaxSendMessageSize(static_cast<int>(kMessageBytesMax));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnection);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(kIdleMax));
  // A peer that has gone without a word is noticed, and one that pings too often is sent away.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(std::chrono::minutes(2)));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(std::chrono::seconds(20)));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             Milliseconds(std::chrono::seconds(10)));
  // Two servers on one port would each answer some calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

}  // namespace

Server::Server(std::unique_ptr<grpc::Server> server, std::string address)
    : server_(std::move(server)), address_(std::move(address)) {}

Server::~Server() {
  Stop(std::chrono::milliseconds(0));
}

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                              std::span<grpc::Service* const> services,
                                              std::span<const std::string_view> health) {
  HONE_ASSIGN_OR_RETURN(const auto credentials, MakeCredentials(options));
  RaiseDescriptorLimit();
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetLimits(builder);
  int port = 0;
  builder.AddListeningPort(options.listen, credentials, &port);
  for (grpc::Service* const service : services) {
    builder.RegisterService(service);
  }
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    return Fail(Code::kUnavailable,
                "listening on " + options.listen +
                    ": the address is taken or not this machine's, or the certificate cannot be "
                    "used");
  }
  for (const std::string_view name : health) {
    server->GetHealthCheckService()->SetServingStatus(std::string(name), true);
  }
  std::string address = options.listen;
  if (port > 0 && !address.starts_with("unix:")) {
    address = address.substr(0, address.rfind(':') + 1) + std::to_string(port);
  }
  return std::unique_ptr<Server>(new Server(std::move(server), std::move(address)));
}

void Server::Stop(std::chrono::milliseconds grace) {
  if (server_ == nullptr) {
    return;
  }
  server_->GetHealthCheckService()->Shutdown();
  server_->Shutdown(std::chrono::system_clock::now() + grace);
  server_->Wait();
  server_.reset();
}

}  // namespace hone::rpc
