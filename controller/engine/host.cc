#include "controller/engine/host.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <unistd.h>

#include "controller/engine/control_socket.h"
#include "controller/engine/engine.h"
#include "controller/engine/log_watch.h"
#include "controller/engine/signals.h"
#include "controller/engine/task_queue.h"
#include "controller/local/event_loop.h"
#include "controller/local/store_lock.h"
#include "db/sqlite/sqlite_store.h"
#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

/// A process that ends lets go of the lock and of the socket one after the other, and one that
/// begins takes them so.
constexpr int kOpenTries = 20;
constexpr auto kOpenInterval = std::chrono::milliseconds(100);
/// The least time between two looks at the store, for display.
constexpr auto kDisplayRest = std::chrono::milliseconds(50);
/// How often a spec is changed again because another process was quicker.
constexpr int kUpdateTries = 10;

/// What both kinds of Host hear: signals, and functions of other threads.
class ListeningHost : public Host {
 public:
  ListeningHost(const ListeningHost&) = delete;
  ListeningHost& operator=(const ListeningHost&) = delete;
  ListeningHost(ListeningHost&&) = delete;
  ListeningHost& operator=(ListeningHost&&) = delete;
  ~ListeningHost() override {
    if (loop_ != nullptr) {
      loop_->Remove(signals_->fd());
    }
  }

  News Wait(std::optional<Time> deadline) override {
    if (!HasNews()) {
      std::optional<Duration> timeout;
      if (deadline) {
        timeout = std::max(*deadline - clock_.Now(), Duration{0});
      }
      loop_->Wait(timeout);
    }
    return std::exchange(news_, {});
  }

 protected:
  /// Takes signals that were blocked before this process had threads.
  explicit ListeningHost(std::unique_ptr<SignalQueue> signals) : signals_(std::move(signals)) {}

  Status Listen() {
    HONE_ASSIGN_OR_RETURN(loop_, EventLoop::Make());
    HONE_ASSIGN_OR_RETURN(tasks_, TaskQueue::Make(*loop_));
    return loop_->Add(signals_->fd(), [this] {
      const std::vector<Signal> taken = signals_->Take();
      news_.signals.insert(news_.signals.end(), taken.begin(), taken.end());
    });
  }

  [[nodiscard]] bool HasNews() const {
    return !news_.signals.empty() || news_.end || news_.is_lost;
  }

  News news_;
  std::unique_ptr<EventLoop> loop_;
  /// Runs in Wait().
  std::unique_ptr<TaskQueue> tasks_;

 private:
  SystemClock clock_;
  /// Before everything that has threads.
  const std::unique_ptr<SignalQueue> signals_;
};

/// This process has the store.
class OwnHost final : public ListeningHost {
 public:
  explicit OwnHost(std::unique_ptr<SignalQueue> signals) : ListeningHost(std::move(signals)) {}
  OwnHost(const OwnHost&) = delete;
  OwnHost& operator=(const OwnHost&) = delete;
  OwnHost(OwnHost&&) = delete;
  OwnHost& operator=(OwnHost&&) = delete;
  ~OwnHost() override { engine_.reset(); }

  Status Open(const HostOptions& options) {
    HONE_RETURN_IF_ERROR(Listen());
    EngineOptions engine;
    engine.paths = options.paths;
    engine.command = options.command;
    engine.services = options.services;
    engine.warn = [tasks = tasks_.get(), warn = options.warn](const std::string& message) {
      tasks->Push([warn, message] { warn(message); });
    };
    if (options.follows_store) {
      engine.on_change = [tasks = tasks_.get()] {
        tasks->Push([] {});
      };
    }
    HONE_ASSIGN_OR_RETURN(engine_, Engine::Start(std::move(engine)));
    return {};
  }

  db::Store& store() override { return engine_->store(); }
  std::size_t orphans_ended() const override { return engine_->orphans_ended(); }
  std::optional<std::string> joined() const override { return std::nullopt; }

  Result<std::size_t> Control(const ControlRequest& request) override {
    HONE_ASSIGN_OR_RETURN(const Engine::Follower follower,
                          engine_->Control(request, std::nullopt, [this](const ControlEnd& end) {
                            tasks_->Push([this, end] { news_.end = end; });
                          }));
    return follower.retried;
  }

  Status SetMode(const ExperimentKey& key, RunMode mode) override {
    engine_->SetMode(key, mode);
    return {};
  }

  std::size_t FinishOthers(RunMode mode) override {
    return engine_->FinishAll(mode, [this] { tasks_->Push([this] { news_.end = ControlEnd(); }); });
  }

 private:
  std::unique_ptr<Engine> engine_;
};

/// Another process has the store, and controls what this one asks it to.
class JoinedHost final : public ListeningHost {
 public:
  explicit JoinedHost(std::unique_ptr<SignalQueue> signals) : ListeningHost(std::move(signals)) {}
  JoinedHost(const JoinedHost&) = delete;
  JoinedHost& operator=(const JoinedHost&) = delete;
  JoinedHost(JoinedHost&&) = delete;
  JoinedHost& operator=(JoinedHost&&) = delete;
  ~JoinedHost() override {
    log_watch_.reset();
    if (loop_ != nullptr && socket_.is_open()) {
      loop_->Remove(socket_.get());
    }
  }

  Status Open(const HostOptions& options, std::string holder) {
    holder_ = std::move(holder);
    HONE_ASSIGN_OR_RETURN(socket_, ConnectToController(options.paths.database));
    HONE_ASSIGN_OR_RETURN(
        store_, db::OpenSqliteStore(options.paths.database, db::SqliteAccess::kReadWrite));
    HONE_RETURN_IF_ERROR(Listen());
    if (options.follows_store) {
      log_watch_ = LogWatch::Start(*store_, *tasks_, kDisplayRest, [] {});
    }
    return {};
  }

  db::Store& store() override { return *store_; }
  std::size_t orphans_ended() const override { return 0; }
  std::optional<std::string> joined() const override { return holder_; }

  Result<std::size_t> Control(const ControlRequest& request) override {
    HONE_ASSIGN_OR_RETURN(const proto::Json answer,
                          AskController(socket_.get(), ToPacket(request, OwnEnvironment())));
    HONE_RETURN_IF_ERROR(loop_->Add(socket_.get(), [this] { Read(); }));
    return answer.value("retried", std::size_t{0});
  }

  Status SetMode(const ExperimentKey& key, RunMode mode) override {
    for (int tries = 1;; ++tries) {
      HONE_ASSIGN_OR_RETURN(Experiment experiment, store_->GetExperiment(key));
      experiment.spec.suspend = mode != RunMode::kRun;
      const Result<Experiment> updated = store_->UpdateSpec(experiment);
      if (updated || updated.error().code != Code::kAborted || tries == kUpdateTries) {
        return updated ? Status() : tl::unexpected<Error>(updated.error());
      }
    }
  }

  std::size_t FinishOthers(RunMode /*mode*/) override {
    news_.end = ControlEnd();
    return 0;
  }

 private:
  static std::vector<std::string> OwnEnvironment() {
    std::vector<std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
      environment.emplace_back(*entry);
    }
    return environment;
  }

  void Read() {
    const Result<std::optional<proto::Json>> packet = ReceivePacket(socket_.get(), false);
    if (!packet) {
      news_.is_lost = true;
      loop_->Remove(socket_.get());
      socket_.Close();
    } else if (*packet) {
      if (Result<ControlEnd> end = EndOfPacket(**packet)) {
        news_.end = *std::move(end);
      }
    }
  }

  std::string holder_;
  FileDescriptor socket_;
  std::unique_ptr<db::Store> store_;
  std::unique_ptr<LogWatch> log_watch_;
};

template <typename H, typename... Arguments>
Result<std::unique_ptr<Host>> OpenAs(const HostOptions& options, Arguments... arguments) {
  HONE_ASSIGN_OR_RETURN(auto signals, SignalQueue::Make());
  auto host = std::make_unique<H>(std::move(signals));
  HONE_RETURN_IF_ERROR(host->Open(options, arguments...));
  return host;
}

}  // namespace

Result<std::unique_ptr<Host>> OpenHost(const HostOptions& options) {
  for (int tries = 1;; ++tries) {
    Result<std::unique_ptr<Host>> own = OpenAs<OwnHost>(options);
    if (own || own.error().code != Code::kFailedPrecondition) {
      return own;
    }
    const std::optional<LockHolder> holder = StoreLock::Holder(options.paths.database);
    if (!holder && tries > 1) {
      return own;  // it was not for the lock
    }
    if (!holder) {
      continue;
    }
    auto joined = OpenAs<JoinedHost>(
        options, "pid " + std::to_string(holder->pid) + " (" + holder->command + ")");
    if (joined || tries == kOpenTries) {
      return joined ? std::move(joined) : std::move(own);
    }
    std::this_thread::sleep_for(kOpenInterval);
  }
}

}  // namespace hone::controller
