#include "proto/rpc/door.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <grpc/grpc_security_constants.h>

#include "proto/rpc/files.h"

namespace hone::rpc {
namespace {

std::string_view ViewOf(const grpc::string_ref& text) {
  return {text.data(), text.size()};
}

}  // namespace

Result<std::shared_ptr<const access::Callers>> ReadCallers(const std::filesystem::path& tokens) {
  if (tokens.empty()) {
    return std::make_shared<const access::Callers>();
  }
  HONE_ASSIGN_OR_RETURN(const std::string text, ReadSmallFile("--tokens", tokens));
  Result<access::Callers> callers = access::Callers::Parse(text);
  if (!callers) {
    return Wrap("--tokens: " + tokens.string(), std::move(callers).error());
  }
  return std::make_shared<const access::Callers>(*std::move(callers));
}

Status Admit(const access::Callers& callers,
             std::string_view method,
             const access::Credentials& shown) {
  constexpr std::string_view kOpen[] = {"/grpc.health.v1.Health/",
                                        "/grpc.reflection.v1alpha.ServerReflection/"};
  if (std::any_of(std::begin(kOpen), std::end(kOpen), [&](std::string_view service) {
        return method.starts_with(service);
      })) {
    return {};
  }
  HONE_RETURN_IF_ERROR(callers.Identify(shown));
  return {};
}

Result<access::Caller> CallerOf(const access::Callers& callers,
                                const grpc::CallbackServerContext& call) {
  const std::shared_ptr<const grpc::AuthContext> connection = call.auth_context();
  return callers.Identify({.authorization = FirstOf(call.client_metadata(), kAuthorization),
                           .certificate = CertificateOf(*connection)});
}

std::string_view FirstOf(const Headers& headers, std::string_view name) {
  const grpc::string_ref key(name.data(), name.size());
  const auto found = headers.lower_bound(key);
  return found == headers.end() || found->first != key ? std::string_view() : ViewOf(found->second);
}

std::optional<std::string_view> CertificateOf(const grpc::AuthContext& connection) {
  const std::vector<grpc::string_ref> names =
      connection.FindPropertyValues(GRPC_X509_CN_PROPERTY_NAME);
  return names.empty() ? std::nullopt : std::optional(ViewOf(names.front()));
}

}  // namespace hone::rpc
