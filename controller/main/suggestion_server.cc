#include "controller/main/suggestion_server.h"

#include <chrono>
#include <iterator>
#include <vector>

#include <grpcpp/impl/service_type.h>
#include <poll.h>

#include "controller/main/signals.h"
#include "proto/rpc/gate.h"
#include "proto/rpc/server.h"
#include "suggestion/server/early_stopping_service.h"
#include "suggestion/server/suggestion_service.h"

namespace hone::controller {
namespace {

/// What calls get that are being answered when the end is asked for.
constexpr auto kGrace = std::chrono::seconds(5);

void WaitForSignal(SignalQueue& signals) {
  pollfd waiting{signals.fd(), POLLIN, 0};
  while (signals.Take().empty()) {
    ::poll(&waiting, 1, -1);
  }
}

}  // namespace

Status ServeSuggestions(const SuggestionOptions& options,
                        const std::function<void(const std::string& address)>& listens) {
  // Before gRPC has threads: they inherit what is blocked.
  HONE_ASSIGN_OR_RETURN(const auto signals, SignalQueue::Make());
  HONE_ASSIGN_OR_RETURN(const rpc::Gate gate, rpc::Gate::Read(options.tokens));
  const auto suggestion = suggestion::MakeSuggestionService(gate);
  const auto early_stopping = suggestion::MakeEarlyStoppingService(gate, options.db_manager);
  grpc::Service* const services[] = {suggestion.get(), early_stopping.get()};
  std::vector<std::string_view> health(std::begin(suggestion::kSuggestionHealth),
                                       std::end(suggestion::kSuggestionHealth));
  health.emplace_back("api.v1.beta1.EarlyStopping");
  HONE_ASSIGN_OR_RETURN(const auto server,
                        rpc::Server::Start({.listen = options.listen,
                                            .certificate = options.certificate,
                                            .key = options.key,
                                            .client_ca = options.client_ca,
                                            .tokens = options.tokens,
                                            .is_insecure = options.is_insecure},
                                           services,
                                           health));
  listens(server->address());
  WaitForSignal(*signals);
  server->Stop(kGrace);
  return {};
}

}  // namespace hone::controller
