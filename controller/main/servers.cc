#include "controller/main/servers.h"

#include <chrono>
#include <functional>
#include <iterator>
#include <vector>

#include <grpcpp/impl/service_type.h>
#include <poll.h>

#include "controller/api/tuner_service.h"
#include "controller/main/open_store.h"
#include "controller/main/signals.h"
#include "controller/tuner/study_logs.h"
#include "db/server/observation_log_service.h"
#include "db/sqlite/sqlite_store.h"
#include "proto/rpc/gate.h"
#include "proto/rpc/server.h"
#include "suggestion/client/service_suggester.h"
#include "suggestion/engine/in_process_suggester.h"
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

/// A service and the names under which its health is asked for.
struct Served {
  std::unique_ptr<grpc::Service> service;
  std::vector<std::string_view> health;
};

std::vector<Served> AlgorithmServicesOf(const rpc::Gate& gate,
                                        const std::string& db_manager,
                                        suggestion::StopTrial stop_trial,
                                        suggestion::ReadLog read_log) {
  std::vector<Served> served;
  served.push_back(
      {suggestion::MakeSuggestionService(gate),
       {std::begin(suggestion::kSuggestionHealth), std::end(suggestion::kSuggestionHealth)}});
  served.push_back({suggestion::MakeEarlyStoppingService(
                        gate, db_manager, std::move(stop_trial), std::move(read_log)),
                    {"api.v1.beta1.EarlyStopping"}});
  return served;
}

/// Until a signal. `stops` is called then, before calls are given their grace.
Status Serve(const ListenOptions& at,
             const std::vector<Served>& served,
             SignalQueue& signals,
             const Listens& listens,
             const std::function<void()>& stops) {
  std::vector<grpc::Service*> services;
  std::vector<std::string_view> health;
  for (const Served& one : served) {
    services.push_back(one.service.get());
    health.insert(health.end(), one.health.begin(), one.health.end());
  }
  HONE_ASSIGN_OR_RETURN(const auto server,
                        rpc::Server::Start({.listen = at.listen,
                                            .certificate = at.certificate,
                                            .key = at.key,
                                            .client_ca = at.client_ca,
                                            .tokens = at.tokens,
                                            .is_insecure = at.is_insecure},
                                           services,
                                           health));
  listens(server->address());
  WaitForSignal(signals);
  stops();
  server->Stop(kGrace);
  return {};
}

}  // namespace

Status ServeSuggestions(const SuggestionOptions& options, const Listens& listens) {
  // Before gRPC has threads: they inherit what is blocked.
  HONE_ASSIGN_OR_RETURN(const auto signals, SignalQueue::Make());
  HONE_ASSIGN_OR_RETURN(const rpc::Gate gate, rpc::Gate::Read(options.at.tokens));
  return Serve(options.at,
               AlgorithmServicesOf(gate, options.db_manager, nullptr, nullptr),
               *signals,
               listens,
               [] {});
}

Status ServeStore(const ServeOptions& options, const Listens& listens) {
  const SystemClock clock;
  HONE_ASSIGN_OR_RETURN(const auto signals, SignalQueue::Make());
  HONE_ASSIGN_OR_RETURN(const rpc::Gate gate, rpc::Gate::Read(options.at.tokens));
  HONE_ASSIGN_OR_RETURN(const LockedStore opened,
                        OpenLocked(options.paths, options.command, clock.Now()));
  db::Store& store = *opened.store;
  HONE_ASSIGN_OR_RETURN(const std::uint64_t epoch, store.AcquireEpoch());
  const auto tuner = Tuner::Make(
      {.world = {store, clock, epoch},
       .services = options.services,
       .make_suggester = [&](Tuner::WakeStudy wake) {
         return suggestion::MakeServiceSuggester(
             store, options.services, suggestion::MakeInProcessSuggester(store), std::move(wake));
       }});
  const auto logs = MakeStudyLogs(*tuner, db::LogsOf(store));
  suggestion::ReadLog read_log;
  if (options.db_manager.empty()) {
    read_log = [&](const std::string& trial) {
      return logs->List(trial);
    };
  }
  const auto stop_trial = [&](const std::string& trial) {
    return StopTrialEarly(*tuner, trial);
  };
  std::vector<Served> served =
      AlgorithmServicesOf(gate, options.db_manager, stop_trial, std::move(read_log));
  served.push_back({db::MakeObservationLogService(gate, *logs, clock),
                    {std::begin(db::kObservationLogHealth), std::end(db::kObservationLogHealth)}});
  served.push_back({MakeTunerService(gate, *tuner), {"hone.v1.Tuner"}});
  const auto stops = [&] {
    tuner->Close();
  };
  HONE_RETURN_IF_ERROR(Serve(options.at, served, *signals, listens, stops));
  return store.Sync();
}

}  // namespace hone::controller
