#include "proto/rpc/credentials.h"

#include <fstream>
#include <sstream>

namespace hone::rpc {
namespace {

constexpr std::uintmax_t kFileMax = 1 << 20;

Result<std::string> ReadPem(const char* flag, const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file || size > kFileMax) {
    return Fail(Code::kInvalidArgument,
                std::string(flag) + ": reading " + path.string() + ": " +
                    (size > kFileMax && !error ? "more than 1 MiB"
                     : error                   ? error.message()
                                               : "cannot be opened"));
  }
  std::ostringstream text;
  text << file.rdbuf();
  if (text.str().find("-----BEGIN ") == std::string::npos) {
    return Fail(Code::kInvalidArgument,
                std::string(flag) + ": " + path.string() + " is no PEM file");
  }
  return text.str();
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
  return address.starts_with("127.") || address.starts_with("localhost:") ||
         address.starts_with("[::1]:") || address.starts_with("unix:");
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
