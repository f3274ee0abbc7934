#include "proto/rpc/token_credentials.h"

#include <string_view>
#include <utility>

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/slice.h>
#include <grpcpp/security/auth_metadata_processor.h>

#include "proto/rpc/door.h"
#include "proto/rpc/status.h"

namespace hone::rpc {
namespace {

constexpr std::string_view kMethod = ":path";

using SharedCallers = std::shared_ptr<const access::Callers>;

class TokenCheck final : public grpc::AuthMetadataProcessor {
 public:
  explicit TokenCheck(SharedCallers callers) : callers_(std::move(callers)) {}

  [[nodiscard]] bool IsBlocking() const override { return false; }

  grpc::Status Process(const InputMetadata& headers,
                       grpc::AuthContext* connection,
                       OutputMetadata* /*consumed*/,
                       OutputMetadata* /*response*/) override {
    return ToGrpc(Admit(*callers_,
                        FirstOf(headers, kMethod),
                        {.authorization = FirstOf(headers, kAuthorization),
                         .certificate = CertificateOf(*connection)}));
  }

 private:
  const SharedCallers callers_;
};

std::string_view TextOf(const grpc_slice& slice) {
  return {static_cast<const char*>(static_cast<const void*>(GRPC_SLICE_START_PTR(slice))),
          GRPC_SLICE_LENGTH(slice)};
}

std::string_view Find(const grpc_metadata* headers, std::size_t count, std::string_view name) {
  for (std::size_t i = 0; i < count; ++i) {
    if (TextOf(headers[i].key) == name) {
      return TextOf(headers[i].value);
    }
  }
  return {};
}

void Process(void* state,
             grpc_auth_context* /*context*/,
             const grpc_metadata* headers,
             std::size_t count,
             grpc_process_auth_metadata_done_cb done,
             void* user_data) {
  const Status admitted =
      Admit(**static_cast<SharedCallers*>(state),
            Find(headers, count, kMethod),
            {.authorization = Find(headers, count, kAuthorization), .certificate = {}});
  done(user_data,
       nullptr,
       0,
       nullptr,
       0,
       admitted ? GRPC_STATUS_OK : GRPC_STATUS_UNAUTHENTICATED,
       admitted ? nullptr : admitted.error().message.c_str());
}

class ClearText final : public grpc::ServerCredentials {
 public:
  explicit ClearText(SharedCallers callers) : callers_(std::move(callers)) {}

  void SetAuthMetadataProcessor(
      const std::shared_ptr<grpc::AuthMetadataProcessor>& /*processor*/) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    grpc_server_credentials* const credentials = grpc_insecure_server_credentials_create();
    // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): gRPC calls `destroy` with it in the end
    auto* const state = new SharedCallers(callers_);
    const auto destroy = [](void* callers) {
      // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): as above
      delete static_cast<SharedCallers*>(callers);
    };
    grpc_server_credentials_set_auth_metadata_processor(credentials, {Process, destroy, state});
    const int port = grpc_server_add_http2_port(server, address.c_str(), credentials);
    grpc_server_credentials_release(credentials);
    return port;
  }

  const SharedCallers callers_;
};

}  // namespace

void AskForTokens(std::shared_ptr<const access::Callers> callers, grpc::ServerCredentials& tls) {
  tls.SetAuthMetadataProcessor(std::make_shared<TokenCheck>(std::move(callers)));
}

std::shared_ptr<grpc::ServerCredentials> ClearTextTokenCredentials(
    std::shared_ptr<const access::Callers> callers) {
  return std::make_shared<ClearText>(std::move(callers));
}

}  // namespace hone::rpc
