#include "controller/local/process_runner.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "controller/local/attempt.h"
#include "controller/local/environment.h"
#include "controller/local/experiment_folder.h"
#include "controller/local/gpu_pool.h"
#include "controller/local/leftovers.h"
#include "controller/local/outcome.h"
#include "proto/core/lru_cache.h"

namespace hone::controller {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kReadBytes = 64U * 1024U;
/// The most warnings that are remembered, so as to be shown once only.
constexpr std::size_t kToldMax = 1000;
/// Experiments whose programs, work plans and parsers are cached.
constexpr std::size_t kMemosMax = 64;
/// How long an adopted process that has ended may stay a zombie while its trial goes on.
constexpr std::chrono::seconds kReapPeriod{1};

std::vector<std::filesystem::path> FilesOfHone(const ProcessRunnerOptions& options) {
  std::vector<std::filesystem::path> files = {options.trials_root};
  for (const char* ending : {"", "-wal", "-shm", ".lock", ".sock"}) {
    files.emplace_back(options.store.string() + ending);
  }
  return files;
}

class LocalRunner final : public ProcessRunner {
 public:
  LocalRunner(ProcessRunnerOptions options, EventLoop& loop, const Clock& clock)
      : options_(std::move(options)),
        loop_(loop),
        clock_(clock),
        marks_(options_.trials_root / ".running" / options_.store_id),
        environment_(Environment::OfThisProcess()) {}
  LocalRunner(const LocalRunner&) = delete;
  LocalRunner& operator=(const LocalRunner&) = delete;
  LocalRunner(LocalRunner&&) = delete;
  LocalRunner& operator=(LocalRunner&&) = delete;
  ~LocalRunner() override {
    if (reap_timer_) {
      loop_.CancelTimer(*reap_timer_);
    }
    attempts_.clear();
    descendants_.EndAll();
  }

  void Connect(ObservationSink& sink, Wake wake, Warn warn) override {
    sink_ = &sink;
    wake_ = std::move(wake);
    warn_ = std::move(warn);
  }

  Status Ensure(const Workload& workload) override {
    HONE_CHECK(sink_ != nullptr);
    if (attempts_.contains(workload.id)) {
      return {};
    }
    const std::string doing = "starting trial " + workload.trial_name;
    const std::shared_ptr<Memos> memos = MemosOf(workload.id.experiment);
    auto launch = PrepareLaunch(
        workload, options_, EnvironmentOf(workload.id.experiment), memos->programs, memos->plans);
    if (!launch) {
      return Wrap(doing, std::move(launch).error());
    }
    if (Status claimed = Claim(workload, launch->work); !claimed) {
      return Wrap(doing, std::move(claimed).error());
    }
    if (!launch->notice.empty()) {
      WarnOnce(launch->notice, launch->notice);
    }
    Entry entry{.memos = memos};
    if (auto gpus = GpusFor(workload); gpus) {
      entry.gpus_wanted = *gpus;
      entry.gpus_allowed = workload.place.gpus;
    } else {
      return Wrap(doing, std::move(gpus).error());
    }
    entry.attempt = std::make_unique<Attempt>(AttemptWorld{loop_,
                                                           clock_,
                                                           descendants_,
                                                           memos->parsers,
                                                           *sink_,
                                                           warn_,
                                                           warn_once_,
                                                           marks_,
                                                           buffer_},
                                              workload,
                                              std::move(*launch),
                                              options_.log_bytes_max,
                                              [this, id = workload.id] { OnFinished(id); });
    if (entry.gpus_wanted > 0) {
      attempts_.emplace(workload.id, std::move(entry));
      waiting_.push_back(workload.id);
      StartWaiting();
      return {};
    }
    if (Status started = entry.attempt->Start({}); !started) {
      return Wrap(doing, std::move(started).error());
    }
    attempts_.emplace(workload.id, std::move(entry));
    KeepReaping();
    return {};
  }

  WorkloadState Observe(const AttemptId& id) override {
    const auto found = attempts_.find(id);
    if (found == attempts_.end()) {
      return {};
    }
    WorkloadState state = found->second.attempt->state();
    if (state.phase == WorkloadState::Phase::kWaiting) {
      state.reason = "WaitingForGpu";
      state.message = "waits for " + std::to_string(found->second.gpus_wanted) + " of " +
                      std::to_string(found->second.gpus_allowed.size()) + " GPUs to be free";
    }
    return state;
  }

  void Stop(const AttemptId& id, milliseconds grace) override {
    const auto found = attempts_.find(id);
    if (found == attempts_.end()) {
      return;
    }
    Attempt& attempt = *found->second.attempt;
    if (attempt.has_process()) {
      attempt.Stop(grace);
    } else {
      std::erase(waiting_, id);
      Forget(found);
      StartWaiting();  // the next trial in the queue may need fewer GPUs
    }
  }

  void SetEnvironment(const ExperimentKey& experiment,
                      std::optional<std::vector<std::string>> environment) override {
    if (environment) {
      environments_.insert_or_assign(experiment, Environment(*std::move(environment)));
    } else {
      environments_.erase(experiment);
    }
  }

  Result<std::size_t> EndOrphans(milliseconds grace) override {
    Result<std::size_t> count = EndLeftovers({options_.store_id + "/", marks_}, grace);
    descendants_.Reap();
    return count;
  }

  [[nodiscard]] std::size_t running() const override {
    return static_cast<std::size_t>(
        std::count_if(attempts_.begin(), attempts_.end(), [](const auto& entry) {
          return entry.second.attempt->has_process();
        }));
  }

 private:
  /// What the trials of one experiment have in common.
  struct Memos {
    ProgramMemo programs;
    WorkPlanMemo plans;
    ParserMemo parsers;
  };

  struct Entry {
    /// Outlives the attempt, also if it is evicted meanwhile.
    std::shared_ptr<Memos> memos;
    std::unique_ptr<Attempt> attempt;
    std::size_t gpus_wanted = 0;
    std::vector<std::string> gpus_allowed;
    std::vector<std::string> gpus;
  };
  using Entries = std::map<AttemptId, Entry>;

  /// Prepares the folder of an experiment before its first trial.
  Status Claim(const Workload& workload, const WorkFolder& work) {
    const ExperimentKey& key = workload.id.experiment;
    const std::string& uid = workload.experiment_uid;
    const auto found = claimed_.find(key);
    if (found != claimed_.end() && found->second == uid) {
      return {};
    }
    HONE_ASSIGN_OR_RETURN(
        const auto moved,
        ClaimExperimentFolder(FolderOfExperiment(options_.trials_root, key), uid));
    if (!moved.empty()) {
      warn_("the files of an earlier experiment " + key.name + " are now in " + moved.string());
    }
    if (!work.is_none()) {
      LinkNeighbours(work.source(), work.path().parent_path(), key.name + "-");
    }
    claimed_[key] = uid;
    return {};
  }

  void WarnOnce(const std::string& what, const std::string& text) {
    if (told_.size() < kToldMax && told_.insert(what).second) {
      warn_(text);
    }
  }

  /// The number of GPUs to wait for.
  Result<std::size_t> GpusFor(const Workload& workload) {
    if (workload.gpus <= 0) {
      return std::size_t{0};
    }
    const std::string wish = "it asks for " + std::to_string(workload.gpus) + " GPUs";
    const std::size_t listed = workload.place.gpus.size();
    if (listed == 0) {
      if (!std::exchange(has_warned_of_gpus_, true)) {
        warn_("trial " + workload.trial_name + ": " + wish +
              "; they are not handed out without a list of them (--gpus), so trials may share one");
      }
      return std::size_t{0};
    }
    const auto wanted = static_cast<std::size_t>(workload.gpus);
    if (wanted > listed) {
      return Fail(Code::kOutOfRange,
                  wish + ", but only " + std::to_string(listed) + " are listed (--gpus)");
    }
    return wanted;
  }

  /// First come, first served: a trial that wants many GPUs is not passed by a later one that may
  /// have one of them.
  void StartWaiting() {
    std::vector<std::string> claimed;
    const std::deque<AttemptId> waiting = std::exchange(waiting_, {});
    for (const AttemptId& id : waiting) {
      Entry& entry = attempts_.at(id);
      const bool may_pass = std::find_first_of(claimed.begin(),
                                               claimed.end(),
                                               entry.gpus_allowed.begin(),
                                               entry.gpus_allowed.end()) == claimed.end();
      auto gpus = may_pass ? gpus_.Take(entry.gpus_allowed, entry.gpus_wanted) : std::nullopt;
      if (gpus) {
        StartWith(*std::move(gpus), entry);
        wake_(id.experiment);
      } else {
        claimed.insert(claimed.end(), entry.gpus_allowed.begin(), entry.gpus_allowed.end());
        waiting_.push_back(id);
      }
    }
  }

  void StartWith(std::vector<std::string> gpus, Entry& entry) {
    entry.gpus = std::move(gpus);
    if (const Status started = entry.attempt->Start(entry.gpus); started) {
      KeepReaping();
    } else {
      ReturnGpus(entry);
      entry.attempt->MarkNotStarted(started.error());
    }
  }

  std::shared_ptr<Memos> MemosOf(const ExperimentKey& key) {
    if (const std::shared_ptr<Memos>* const known = memos_.Find(key)) {
      return *known;
    }
    if (memos_.size() >= kMemosMax) {
      memos_.TakeOldest();
    }
    return memos_.Insert(
        key, std::make_shared<Memos>(Memos{{}, WorkPlanMemo(FilesOfHone(options_)), {}}));
  }

  [[nodiscard]] const Environment& EnvironmentOf(const ExperimentKey& key) const {
    const auto found = environments_.find(key);
    return found == environments_.end() ? environment_ : found->second;
  }

  void ReturnGpus(Entry& entry) { gpus_.Return(std::exchange(entry.gpus, {})); }

  void OnFinished(const AttemptId& finished) {
    ReturnGpus(attempts_.at(finished));
    StartWaiting();
    wake_(finished.experiment);
  }

  void Forget(Entries::iterator entry) {
    entry->second.attempt->RemoveVolumes();
    attempts_.erase(entry);
  }

  void KeepReaping() {
    if (reap_timer_) {
      return;
    }
    reap_timer_ = loop_.StartTimer(kReapPeriod, [this] {
      reap_timer_.reset();
      descendants_.Reap();
      if (running() > 0) {
        KeepReaping();
      }
    });
  }

  ProcessRunnerOptions options_;
  EventLoop& loop_;
  const Clock& clock_;
  std::filesystem::path marks_;
  ObservationSink* sink_ = nullptr;
  Wake wake_;
  Warn warn_;
  const std::function<void(const std::string&, const std::string&)> warn_once_ =
      [this](const std::string& what, const std::string& text) {
        WarnOnce(what, text);
      };
  std::set<std::string> told_;
  /// The experiments with prepared folders, and their uids.
  std::map<ExperimentKey, std::string> claimed_;
  Environment environment_;
  /// Of experiments that have one of their own.
  std::map<ExperimentKey, Environment> environments_;
  LruCache<ExperimentKey, std::shared_ptr<Memos>> memos_;
  Descendants descendants_;
  GpuPool gpus_;
  bool has_warned_of_gpus_ = false;
  std::vector<char> buffer_ = std::vector<char>(kReadBytes);
  Entries attempts_;
  /// The attempts that wait for GPUs, in the order in which they arrived.
  std::deque<AttemptId> waiting_;
  std::optional<std::uint64_t> reap_timer_;
};

}  // namespace

TrialPaths PathsOfTrial(const std::filesystem::path& root,
                        const ExperimentKey& experiment,
                        const std::string& trial_name) {
  const std::string path =
      root.string() + "/" + experiment.ns + "/" + experiment.name + "/" + trial_name;
  return {path,
          path + ".log",
          path + ".checkpoint",
          root / experiment.ns / experiment.name / "work" / trial_name};
}

Result<std::unique_ptr<ProcessRunner>> ProcessRunner::Make(ProcessRunnerOptions options,
                                                           EventLoop& loop,
                                                           const Clock& clock) {
  if (options.store_id.empty()) {
    return Fail(Code::kInvalidArgument, "making a process runner: the store has no id");
  }
  // Made absolute, since trials run in other folders and get these paths.
  for (auto* path : {&options.trials_root, &options.working_directory, &options.store}) {
    std::error_code error;
    *path = (std::filesystem::current_path(error) / *path).lexically_normal();
    if (error) {
      return Fail(Code::kInternal, "finding the current folder: " + error.message());
    }
  }
  return std::make_unique<LocalRunner>(std::move(options), loop, clock);
}

}  // namespace hone::controller
