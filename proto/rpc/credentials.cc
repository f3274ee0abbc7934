#include "proto/rpc/credentials.h"

#include "proto/rpc/files.h"

namespace hone::rpc {
namespace {

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
  const bool is_known = !options.client_ca.empty() || !options.tokens.empty();
  if (!IsLoopback(options.listen) && !is_known && !options.is_insecure) {
    return Fail(Code::kInvalidArgument,
                "--listen: " + options.listen +
                    " can be reached from other machines: ask callers for certificates "
                    "(--client-ca) or tokens (--tokens), or say --insecure");
  }
  if (!options.tokens.empty() && options.certificate.empty() && !IsLoopback(options.listen) &&
      !options.is_insecure) {
    return Fail(Code::kInvalidArgument,
                "--tokens: would cross the network in clear text: add --tls-cert and --tls-key, or "
                "say --insecure");
  }
  return {};
}

}  // namespace

bool IsLoopback(std::string_view address) {
  const std::string_view host = address.substr(0, address.rfind(':'));
  // A name may begin with digits too, and lead anywhere.
  const bool is_number = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return (is_number && host.starts_with("127.")) || host == "localhost" || host == "[::1]" ||
         address.starts_with("unix:");
}

Result<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const ServerOptions& options) {
  HONE_RETURN_IF_ERROR(CheckFlags(options));
  if (options.certificate.empty()) {
    return grpc::InsecureServerCredentials();
  }
  grpc::SslServerCredentialsOptions tls;
  HONE_ASSIGN_OR_RETURN(std::string certificate, ReadPem("--tls-cert", options.certificate));
  HONE_ASSIGN_OR_RETURN(std::string key, ReadPem("--tls-key", options.key));
  tls.pem_key_cert_pairs.push_back({std::move(key), std::move(certificate)});
  if (!options.client_ca.empty()) {
    HONE_ASSIGN_OR_RETURN(tls.pem_root_certs, ReadPem("--client-ca", options.client_ca));
    tls.client_certificate_request = GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  return grpc::SslServerCredentials(tls);
}

}  // namespace hone::rpc
