#include "proto/rpc/channel.h"

#include <string>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "proto/rpc/files.h"
#include "proto/rpc/log.h"
#include "proto/rpc/server.h"

namespace hone::rpc {
namespace {

Result<std::shared_ptr<grpc::ChannelCredentials>> MakeTls(const AlgorithmService& service) {
  grpc::SslCredentialsOptions tls;
  if (!service.ca.empty()) {
    HONE_ASSIGN_OR_RETURN(tls.pem_root_certs, ReadPem("tls.ca", service.ca));
  }
  if (!service.certificate.empty()) {
    HONE_ASSIGN_OR_RETURN(tls.pem_cert_chain, ReadPem("tls.cert", service.certificate));
    HONE_ASSIGN_OR_RETURN(tls.pem_private_key, ReadPem("tls.key", service.key));
  }
  return grpc::SslCredentials(tls);
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>> MakeChannel(const AlgorithmService& service) {
  SilenceGrpc();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(kMessageBytesMax));
  arguments.SetMaxSendMessageSize(-1);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (service.is_tls) {
    HONE_ASSIGN_OR_RETURN(credentials, MakeTls(service));
  }
  return grpc::CreateCustomChannel(service.address, credentials, arguments);
}

}  // namespace hone::rpc
