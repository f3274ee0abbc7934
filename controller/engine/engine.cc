#include "controller/engine/engine.h"

#include <algorithm>
#include <future>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include <sys/stat.h>

#include "controller/engine/control_socket.h"
#include "controller/engine/followers.h"
#include "controller/engine/local_files.h"
#include "controller/engine/log_watch.h"
#include "controller/engine/open_store.h"
#include "controller/engine/task_queue.h"
#include "controller/engine/wake_queue.h"
#include "controller/local/event_loop.h"
#include "controller/local/process_runner.h"
#include "controller/reconcile/controller.h"
#include "proto/model/experiment.h"
#include "suggestion/client/service_suggester.h"
#include "suggestion/engine/background_suggester.h"
#include "suggestion/engine/search_arena.h"

namespace hone::controller {
namespace {

/// What processes of an earlier run get before they are killed.
constexpr auto kOrphanGrace = std::chrono::seconds(5);
/// A wall clock that jumps back must not make a pass that is due wait for long.
constexpr Duration kWaitMax = std::chrono::seconds(1);
/// The least time between two readings of the log.
constexpr auto kLogRest = std::chrono::milliseconds(20);
/// How often it is looked at whether the store's file is still there.
constexpr Duration kFileCheckInterval = std::chrono::seconds(1);

/// At least two, so that one slow search leaves a thread to the others, also on a single core.
std::size_t SearchThreads() {
  return std::max(2U, std::thread::hardware_concurrency());
}

/// What tells the file of a store from a copy of it.
Result<std::string> IdentityOf(const std::filesystem::path& database) {
  struct stat status {};
  if (::stat(database.c_str(), &status) != 0) {
    return Fail(
        Code::kNotFound,
        "looking at store " + database.string() + ": " + std::generic_category().message(errno));
  }
  return std::to_string(status.st_dev) + "-" + std::to_string(status.st_ino);
}

class LocalEngine final : public Engine, private Controller::Listener {
 public:
  explicit LocalEngine(EngineOptions options) : options_(std::move(options)) {}
  LocalEngine(const LocalEngine&) = delete;
  LocalEngine& operator=(const LocalEngine&) = delete;
  LocalEngine(LocalEngine&&) = delete;
  LocalEngine& operator=(LocalEngine&&) = delete;

  ~LocalEngine() override {
    if (thread_.joinable()) {
      tasks_->Push([this] { is_ending_ = true; });
      thread_.join();
    }
    log_watch_.reset();
    // Its processes end first; what they still report is for the controller.
    runner_.reset();
    controller_.reset();
    searches_.reset();
    if (loop_ != nullptr && wakes_ != nullptr) {
      loop_->Remove(wakes_->fd());
    }
    // The commands whose connections close now will want the lock.
    const std::vector<FileDescriptor> connections =
        socket_ != nullptr ? socket_->Detach() : std::vector<FileDescriptor>();
    socket_.reset();
    suggester_.reset();
    opened_ = {};
  }

  Status Open() {
    const Time since = clock_.Now();
    HONE_ASSIGN_OR_RETURN(opened_, OpenLocked(options_.paths, options_.command, since));
    HONE_ASSIGN_OR_RETURN(file_, IdentityOf(options_.paths.database));
    HONE_ASSIGN_OR_RETURN(loop_, EventLoop::Make());
    HONE_ASSIGN_OR_RETURN(tasks_, TaskQueue::Make(*loop_));
    HONE_ASSIGN_OR_RETURN(wakes_, WakeQueue::Make());
    HONE_RETURN_IF_ERROR(loop_->Add(wakes_->fd(), [this] {
      for (const ExperimentKey& key : wakes_->Take()) {
        controller_->Wake(key);
      }
    }));
    HONE_RETURN_IF_ERROR(MakeRunner());
    HONE_RETURN_IF_ERROR(MakeController(since));
    HONE_ASSIGN_OR_RETURN(orphans_ended_, runner_->EndOrphans(kOrphanGrace));
    if (const Status files = FinishDeletionsOf(store(), options_.paths.trials); !files) {
      options_.warn(files.error().message);
    }
    Listen();
    if (options_.controls_all) {
      controller_->WatchAll();
    }
    log_watch_ = LogWatch::Start(store(), *tasks_, kLogRest, [this] {
      controller_->WakeForLog();
      if (options_.on_change) {
        options_.on_change();
      }
    });
    CheckFileLater();
    thread_ = std::thread([this] { Run(); });
    return {};
  }

  db::SqlStore& store() override { return *opened_.store; }
  std::uint64_t epoch() const override { return epoch_; }
  std::size_t orphans_ended() const override { return orphans_ended_; }

  Result<Follower> Control(const ControlRequest& request,
                           TrialEnvironment environment,
                           OnEnd on_end) override {
    return Call([&] { return ControlHere(request, std::move(environment), std::move(on_end)); });
  }

  void SetMode(const ExperimentKey& key, RunMode mode) override {
    Call([&] {
      controller_->SetMode(key, mode);
      return true;
    });
  }

  std::size_t FinishAll(RunMode mode, std::function<void()> on_finished) override {
    return Call([&] { return FinishAllHere(mode, std::move(on_finished)); });
  }

  std::unique_ptr<suggestion::Suggester> MakeSuggester(suggestion::WakeExperiment wake) override {
    return suggestion::MakeServiceSuggester(
        store(),
        options_.services,
        suggestion::MakeBackgroundSuggester(
            store(), clock_, [this](auto task) { searches_->Run(std::move(task)); }, wake),
        wake,
        options_.warn);
  }

 private:
  Status MakeRunner() {
    ProcessRunnerOptions options;
    HONE_ASSIGN_OR_RETURN(const std::string id, store().StoreId());
    // A copy has the id of its original, whose trials may be running.
    options.store_id = id + "." + file_;
    options.store = options_.paths.database;
    options.trials_root = options_.paths.trials;
    HONE_ASSIGN_OR_RETURN(runner_, ProcessRunner::Make(std::move(options), *loop_, clock_));
    return {};
  }

  Status MakeController(Time since) {
    const auto wake = [this](const ExperimentKey& key) {
      wakes_->Push(key);
    };
    searches_ = std::make_unique<suggestion::SearchArena>(SearchThreads());
    suggester_ = MakeSuggester(wake);
    HONE_ASSIGN_OR_RETURN(epoch_, store().AcquireEpoch());
    controller_ = Controller::Make({store(), *runner_, *suggester_, clock_}, epoch_, since);
    controller_->SetListener(this);
    runner_->Connect(
        *controller_, [this](const ExperimentKey& key) { controller_->Wake(key); }, options_.warn);
    return {};
  }

  /// Without the socket everything works but that other commands can join.
  void Listen() {
    auto listens = ControlServer::Listen(
        options_.paths.database,
        *loop_,
        {.control =
             [this](const ControlRequest& request, TrialEnvironment environment, OnEnd on_end) {
               return ControlHere(request, std::move(environment), std::move(on_end));
             },
         .abandon = [this](std::uint64_t ticket) { Abandon(ticket); },
         .controlled =
             [this] {
               const std::vector<ExperimentKey> keys = controller_->Watched();
               return Controlled{.is_all = options_.controls_all,
                                 .keys = {keys.begin(), keys.end()}};
             }});
    if (listens) {
      socket_ = *std::move(listens);
    } else {
      options_.warn(listens.error().message + "; a second hone cannot join this one");
    }
  }

  /// The controller's thread.
  void Run() {
    while (!is_ending_) {
      const std::optional<Time> due = controller_->RunDue();
      std::optional<Duration> timeout;
      if (due) {
        timeout = std::clamp(*due - clock_.Now(), Duration{0}, kWaitMax);
      }
      loop_->Wait(timeout);
    }
  }

  /// Runs `call` on the controller's thread, and returns what it returns.
  template <typename F>
  std::invoke_result_t<F> Call(F call) {
    std::promise<std::invoke_result_t<F>> result;
    tasks_->Push([&] { result.set_value(call()); });
    return result.get_future().get();
  }

  Result<Follower> ControlHere(const ControlRequest& request,
                               TrialEnvironment environment,
                               OnEnd on_end) {
    if (is_finishing_) {
      return Fail(Code::kUnavailable, "the hone that holds the store is about to end");
    }
    Follower follower;
    if (request.retries_failed) {
      HONE_ASSIGN_OR_RETURN(follower.retried, controller_->RetryFailed(request.key));
    }
    const bool is_new = !controller_->IsWatched(request.key);
    HONE_RETURN_IF_ERROR(controller_->Watch(request.key));
    if (is_new) {
      runner_->SetEnvironment(request.key, std::move(environment));
    }
    controller_->SetMode(request.key, RunMode::kRun);
    orphaned_.erase(request.key);
    follower.ticket = followers_.Add(request.key, std::move(on_end));
    return follower;
  }

  void Abandon(std::uint64_t ticket) {
    if (const std::optional<ExperimentKey> key = followers_.Remove(ticket)) {
      StopIfNotFollowed(*key);
    }
  }

  /// An experiment that no command follows any more is interrupted, unless all are controlled here.
  void StopIfNotFollowed(const ExperimentKey& key) {
    if (!followers_.Has(key) && !options_.controls_all && controller_->IsWatched(key)) {
      controller_->SetMode(key, RunMode::kStop);
      orphaned_.insert(key);
    }
  }

  [[nodiscard]] std::size_t RunningTrials() const {
    std::int64_t running = 0;
    for (const ExperimentKey& key : controller_->Watched()) {
      running += controller_->Current(key).status.counts.running;
    }
    return static_cast<std::size_t>(running);
  }

  std::size_t FinishAllHere(RunMode mode, std::function<void()> on_finished) {
    is_finishing_ = true;
    on_finished_ = std::move(on_finished);
    controller_->SetMode(mode);
    const std::size_t running = RunningTrials();
    TellIfFinished();
    return running;
  }

  void TellIfFinished() {
    const std::vector<ExperimentKey> keys = controller_->Watched();
    const bool rests = std::all_of(
        keys.begin(), keys.end(), [this](const auto& key) { return controller_->IsAtRest(key); });
    if (on_finished_ && rests) {
      std::exchange(on_finished_, nullptr)();
    }
  }

  void OnRest(const ExperimentKey& key) override {
    if (!IsStoreThere()) {
      EndForLostStore();
      return;
    }
    // What rests because this process ends goes on in another one, once that has the lock.
    const ExperimentStatus& status = controller_->Current(key).status;
    const bool goes_on = is_finishing_ && !status.IsCompleted() &&
                         !status.Is(ConditionType::kSuspended) && !orphaned_.contains(key);
    if (!goes_on) {
      const SlotTimes slots = controller_->slot_times(key);
      Forget(key);
      followers_.Tell(key, {.error = std::nullopt, .slots = slots});
    }
    TellIfFinished();
  }

  void OnDeleted(const ExperimentKey& key) override {
    runner_->SetEnvironment(key, std::nullopt);
    orphaned_.erase(key);
    followers_.Tell(key,
                    {.error = Error{Code::kNotFound, "experiment " + key.name + " was deleted"}});
    TellIfFinished();
  }

  void OnFailure(const ExperimentKey& key, const Error& error) override {
    const SlotTimes slots = controller_->slot_times(key);
    if (controller_->Current(key).status.IsCompleted()) {
      Forget(key);
    }
    if (options_.controls_all) {
      options_.warn("experiment " + key.ToString() + ": " + error.message);
    }
    followers_.Tell(key, {.error = error, .slots = slots});
    StopIfNotFollowed(key);
    TellIfFinished();
  }

  void OnChange(const std::optional<ExperimentKey>& key) override {
    if (options_.on_spec) {
      options_.on_spec(key);
    }
  }

  /// The watch ends with the experiment.
  void Forget(const ExperimentKey& key) {
    controller_->Unwatch(key);
    runner_->SetEnvironment(key, std::nullopt);
    orphaned_.erase(key);
  }

  [[nodiscard]] bool IsStoreThere() const {
    const Result<std::string> now = IdentityOf(options_.paths.database);
    return now && *now == file_;
  }

  void CheckFileLater() {
    loop_->StartTimer(kFileCheckInterval, [this] {
      if (IsStoreThere()) {
        CheckFileLater();
      } else {
        EndForLostStore();
      }
    });
  }

  /// What is written to a file that is no longer there is lost: everything that is controlled ends.
  void EndForLostStore() {
    const Error error{Code::kFailedPrecondition,
                      "the store " + options_.paths.database.string() +
                          " was deleted or replaced while it was in use, maybe by a trial; what "
                          "is written to it now would be lost"};
    is_finishing_ = true;
    controller_->SetMode(RunMode::kStopNow);
    if (options_.controls_all) {
      options_.warn(error.message);
    }
    for (const ExperimentKey& key : controller_->Watched()) {
      followers_.Tell(key, {.error = error, .slots = {}});
    }
  }

  const EngineOptions options_;
  SystemClock clock_;
  LockedStore opened_;
  /// The identity of the store's file when it was opened.
  std::string file_;
  std::uint64_t epoch_ = 0;
  std::size_t orphans_ended_ = 0;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<TaskQueue> tasks_;
  std::unique_ptr<WakeQueue> wakes_;
  std::unique_ptr<suggestion::Suggester> suggester_;
  /// Ends before the suggester, whose tasks it runs.
  std::unique_ptr<suggestion::SearchArena> searches_;
  std::unique_ptr<ProcessRunner> runner_;
  std::unique_ptr<Controller> controller_;
  std::unique_ptr<ControlServer> socket_;
  std::unique_ptr<LogWatch> log_watch_;

  // Of the controller's thread.
  Followers followers_;
  /// Experiments that are being stopped because the command that followed them has ended.
  std::set<ExperimentKey> orphaned_;
  /// This process is about to end.
  bool is_finishing_ = false;
  std::function<void()> on_finished_;
  bool is_ending_ = false;

  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Engine>> Engine::Start(EngineOptions options) {
  auto engine = std::make_unique<LocalEngine>(std::move(options));
  HONE_RETURN_IF_ERROR(engine->Open());
  return engine;
}

}  // namespace hone::controller
