#include "controller/main/server.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

#include <grpcpp/impl/service_type.h>
#include <poll.h>

#include "controller/api/tuner_service.h"
#include "controller/engine/engine.h"
#include "controller/engine/signals.h"
#include "controller/main/cluster_trials.h"
#include "controller/tuner/study_logs.h"
#include "db/server/observation_log_service.h"
#include "db/sqlite/sqlite_store.h"
#include "proto/core/mutex.h"
#include "proto/rpc/door.h"
#include "proto/rpc/outbox.h"
#include "proto/rpc/server.h"
#include "suggestion/server/early_stopping_service.h"
#include "suggestion/server/suggestion_service.h"

namespace hone::controller {
namespace {

/// What calls get that are being answered when the end is asked for.
constexpr auto kGrace = std::chrono::seconds(5);
/// How long the end waits for trials that were told to stop.
constexpr auto kTrialGraceMax = std::chrono::seconds(30);
/// Of a server of a store: the largest is a report of the DBManager's.
constexpr std::size_t kStoreMessageBytesMax = std::size_t{64} << 20;

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

/// Where a server is unless it is told otherwise.
constexpr std::uint16_t kPort = 6789;
/// Katib asks for early stopping here.
constexpr std::uint16_t kStoppingPort = 6788;
constexpr char kThisMachine[] = "127.0.0.1";
constexpr char kAllAddresses[] = "0.0.0.0";
/// Of Katib's installation, as it names them by itself.
constexpr char kKatibsDbManager[] = "katib-db-manager.kubeflow:6789";
constexpr char kKatibsVolume[] = "/opt/katib/data";

Result<rpc::ServerOptions> ServerOptionsOf(const ListenOptions& at) {
  HONE_ASSIGN_OR_RETURN(auto callers, rpc::ReadCallers(at.tokens));
  return rpc::ServerOptions{.listen = at.listen,
                            .certificate = at.certificate,
                            .key = at.key,
                            .client_ca = at.client_ca,
                            .callers = std::move(callers),
                            .is_insecure = at.is_insecure};
}

/// Where Katib looks for its services. In a pod they have two containers, which share its ports:
/// with an image of ours in both, each may answer both.
void ListenWhereKatibAsks(rpc::ServerOptions& options) {
  const bool is_in_pod = IsInPod();
  const char* const host = is_in_pod ? kAllAddresses : kThisMachine;
  options.listen = {{.host = host, .port = kPort}, {.host = host, .port = kStoppingPort}};
  options.is_one_enough = is_in_pod;  // the other container may have a service of another kind
  options.is_shared = is_in_pod;
  options.is_insecure = options.is_insecure || is_in_pod;
}

std::vector<Served> AlgorithmServicesOf(rpc::Outbox& outbox,
                                        const access::Callers& callers,
                                        const std::filesystem::path& checkpoints,
                                        const std::string& db_manager,
                                        suggestion::StopTrial stop_trial,
                                        suggestion::ReadLog read_log) {
  std::vector<Served> served;
  served.push_back(
      {suggestion::MakeSuggestionService(outbox, callers, checkpoints),
       {std::begin(suggestion::kSuggestionHealth), std::end(suggestion::kSuggestionHealth)}});
  served.push_back({suggestion::MakeEarlyStoppingService(
                        outbox, callers, db_manager, std::move(stop_trial), std::move(read_log)),
                    {"api.v1.beta1.EarlyStopping"}});
  return served;
}

/// Tells a tuner which studies other processes have changed. The engine, which hears of them,
/// begins before the tuner and ends after it.
class StudyWaker {
 public:
  void Wake(const std::optional<ExperimentKey>& key) {
    const MutexLock lock(mutex_);
    if (tuner_ != nullptr && key) {
      tuner_->Wake(*key);
    } else if (tuner_ != nullptr) {
      tuner_->WakeAll();
    }
  }

  class Attachment {
   public:
    Attachment(StudyWaker& waker, Tuner& tuner) : waker_(waker) { waker_.Set(&tuner); }
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;
    Attachment(Attachment&&) = delete;
    Attachment& operator=(Attachment&&) = delete;
    ~Attachment() { waker_.Set(nullptr); }

   private:
    StudyWaker& waker_;
  };

 private:
  void Set(Tuner* tuner) {
    const MutexLock lock(mutex_);
    tuner_ = tuner;
  }

  Mutex mutex_;
  Tuner* tuner_ HONE_GUARDED_BY(mutex_) = nullptr;
};

/// Until a signal. `stops` is called then, before calls are given their grace. Another signal ends
/// the program at once: it does what it does without us.
Status Serve(const rpc::ServerOptions& options,
             const std::vector<Served>& served,
             rpc::Outbox& outbox,
             std::unique_ptr<SignalQueue> signals,
             const Listens& listens,
             const std::function<void()>& stops) {
  std::vector<grpc::Service*> services;
  std::vector<std::string_view> health;
  for (const Served& one : served) {
    services.push_back(one.service.get());
    health.insert(health.end(), one.health.begin(), one.health.end());
  }
  HONE_ASSIGN_OR_RETURN(const auto server, rpc::Server::Start(options, services, health));
  listens(server->Addresses());
  WaitForSignal(*signals);
  signals.reset();
  stops();
  server->Stop(kGrace, [&] { outbox.Close(); });
  return {};
}

}  // namespace

Status ServeSuggestions(const SuggestionOptions& options, const Listens& listens) {
  // Before gRPC has threads: they inherit what is blocked.
  HONE_ASSIGN_OR_RETURN(auto signals, SignalQueue::Make());
  HONE_ASSIGN_OR_RETURN(rpc::ServerOptions server, ServerOptionsOf(options.at));
  if (server.listen.empty()) {
    ListenWhereKatibAsks(server);
  }
  std::error_code error;
  std::filesystem::path checkpoints = options.checkpoints;
  if (checkpoints.empty() && IsInPod() && std::filesystem::exists(kKatibsVolume, error)) {
    checkpoints = kKatibsVolume;
  }
  suggestion::StopTrial stop_trial;
  if (const auto api = ClusterApi::OfThisPod(options.service_account)) {
    stop_trial = [cluster = *api](const access::Caller& caller, const std::string& trial) {
      return StopClusterTrial(cluster, caller, trial);
    };
  }
  rpc::Outbox outbox;
  return Serve(server,
               AlgorithmServicesOf(outbox,
                                   *server.callers,
                                   checkpoints,
                                   options.db_manager.value_or(IsInPod() ? kKatibsDbManager : ""),
                                   std::move(stop_trial),
                                   nullptr),
               outbox,
               std::move(signals),
               listens,
               [] {});
}

Status ServeStore(const ServeOptions& options, const Listens& listens) {
  const SystemClock clock;
  HONE_ASSIGN_OR_RETURN(auto signals, SignalQueue::Make());
  HONE_ASSIGN_OR_RETURN(rpc::ServerOptions server, ServerOptionsOf(options.at));
  if (server.listen.empty()) {
    server.listen = {{.host = kThisMachine, .port = kPort}};
  }
  server.message_bytes_max = kStoreMessageBytesMax;
  const auto studies = std::make_shared<StudyWaker>();
  HONE_ASSIGN_OR_RETURN(const auto engine,
                        Engine::Start({.paths = options.paths,
                                       .command = options.command,
                                       .services = options.services,
                                       .controls_all = true,
                                       .warn = options.warn,
                                       .on_spec = [studies](const auto& key) {
                                         studies->Wake(key);
                                       }}));
  db::SqlStore& store = engine->store();
  const auto tuner = Tuner::Make({.world = {store, clock, engine->epoch()},
                                  .services = options.services,
                                  .make_suggester = [&](Tuner::WakeStudy wake) {
                                    return engine->MakeSuggester(std::move(wake));
                                  }});
  const StudyWaker::Attachment attachment(*studies, *tuner);
  const auto logs = MakeStudyLogs(*tuner, store.observation_logs());
  rpc::Outbox outbox;
  suggestion::ReadLog read_log;
  if (!options.db_manager) {
    read_log = [&](const std::string& trial) {
      return logs->List(db::ParseLogKey(trial));
    };
  }
  const auto stop_trial = [&](const access::Caller& caller, const std::string& trial) {
    return StopTrialEarly(*tuner, caller, trial);
  };
  std::vector<Served> served = AlgorithmServicesOf(outbox,
                                                   *server.callers,
                                                   "",
                                                   options.db_manager.value_or(""),
                                                   stop_trial,
                                                   std::move(read_log));
  served.push_back({db::MakeObservationLogService(outbox, *server.callers, *logs, clock),
                    {std::begin(db::kObservationLogHealth), std::end(db::kObservationLogHealth)}});
  served.push_back({MakeTunerService(outbox, *server.callers, *tuner), {"hone.v1.Tuner"}});
  // Shared, because the last trial may end after the wait for it.
  const auto rest = std::make_shared<std::promise<void>>();
  const auto stops = [&] {
    tuner->Close();
    [[maybe_unused]] const auto running =
        engine->FinishAll(RunMode::kStop, [rest] { rest->set_value(); });
  };
  HONE_RETURN_IF_ERROR(Serve(server, served, outbox, std::move(signals), listens, stops));
  // Trials that are still there are killed with the engine, and run again with the next one.
  rest->get_future().wait_for(kTrialGraceMax);
  return store.Sync();
}

}  // namespace hone::controller
