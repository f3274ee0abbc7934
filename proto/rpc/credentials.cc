#include "proto/rpc/credentials.h"

#include <utility>

#include "proto/rpc/files.h"
#include "proto/rpc/token_credentials.h"

namespace hone::rpc {
namespace {

/// What an address that other machines reach needs.
Status CheckAddress(const Address& address, const ServerOptions& options) {
  if (options.client_ca.empty() && options.callers->IsOpen()) {
    return Fail(Code::kInvalidArgument,
                "--listen: " + address.ToString() +
                    " can be reached from other machines: ask callers for certificates "
                    "(--client-ca) or tokens (--tokens), or say --insecure");
  }
  if (!options.callers->IsOpen() && options.certificate.empty()) {
    return Fail(Code::kInvalidArgument,
                "--tokens: would cross the network in clear text: add --tls-cert and --tls-key, "
                "or say --insecure");
  }
  return {};
}

Status CheckFlags(const ServerOptions& options) {
  if (options.certificate.empty() != options.key.empty()) {
    return Fail(Code::kInvalidArgument,
                options.key.empty() ? "--tls-key: is needed with --tls-cert"
                                    : "--tls-cert: is needed with --tls-key");
  }
  if (!options.client_ca.empty() && options.certificate.empty()) {
    return Fail(Code::kInvalidArgument,
                "--client-ca: needs --tls-cert and --tls-key: certificates are shown over TLS");
  }
  if (options.callers->HasCertificates() && options.client_ca.empty()) {
    return Fail(Code::kInvalidArgument,
                "--tokens: names callers by certificates, and needs --client-ca to ask for them");
  }
  for (const Address& address : options.listen) {
    if (!address.IsLoopback() && !options.is_insecure) {
      HONE_RETURN_IF_ERROR(CheckAddress(address, options));
    }
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const ServerOptions& options) {
  HONE_RETURN_IF_ERROR(CheckFlags(options));
  if (options.certificate.empty()) {
    return options.callers->IsOpen() ? grpc::InsecureServerCredentials()
                                     : ClearTextTokenCredentials(options.callers);
  }
  grpc::SslServerCredentialsOptions tls;
  HONE_ASSIGN_OR_RETURN(std::string certificate, ReadPem("--tls-cert", options.certificate));
  HONE_ASSIGN_OR_RETURN(std::string key, ReadPem("--tls-key", options.key));
  tls.pem_key_cert_pairs.push_back({std::move(key), std::move(certificate)});
  if (!options.client_ca.empty()) {
    HONE_ASSIGN_OR_RETURN(tls.pem_root_certs, ReadPem("--client-ca", options.client_ca));
    tls.client_certificate_request = GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::SslServerCredentials(tls);
  if (!options.callers->IsOpen()) {
    AskForTokens(options.callers, *credentials);
  }
  return credentials;
}

}  // namespace hone::rpc
