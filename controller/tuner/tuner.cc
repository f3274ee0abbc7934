#include "controller/tuner/tuner.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "controller/admission/admission.h"
#include "proto/core/lru_cache.h"
#include "proto/core/uid.h"

namespace hone::controller {
namespace {

/// How often a creation or change is retried because another process was quicker.
constexpr int kTries = 5;
constexpr std::size_t kManifestBytesMax = std::size_t{1} << 20;

Result<Experiment> Read(const std::string& manifest, const AlgorithmServices& services) {
  if (manifest.size() > kManifestBytesMax) {
    return Fail(Code::kInvalidArgument, "manifest: is larger than 1 MiB");
  }
  const Result<std::vector<proto::Document>> documents = proto::ReadYaml(manifest);
  if (!documents) {
    return Fail(Code::kInvalidArgument, "manifest: " + documents.error().message);
  }
  if (documents->size() != 1) {
    return Fail(Code::kInvalidArgument,
                "manifest: must be one Experiment, and has " + std::to_string(documents->size()) +
                    " documents");
  }
  const proto::Document& document = documents->front();
  FieldErrors errors;
  Experiment experiment = AdmitStudy(document.value, errors, services, document.written);
  if (!errors.empty()) {
    // A field that would be ignored is probably misspelt, and a gRPC client sees no warnings.
    const char* const what = HasErrors(errors) ? "" : "manifest: take out what has no effect: ";
    return Fail(Code::kInvalidArgument, what + Join(errors));
  }
  return experiment;
}

class StoreTuner final : public Tuner {
 public:
  explicit StoreTuner(Options options)
      : options_(std::move(options)), waker_([this] { WakeStudies(); }) {}
  StoreTuner(const StoreTuner&) = delete;
  StoreTuner& operator=(const StoreTuner&) = delete;

  ~StoreTuner() override {
    {
      MutexLock lock(mutex_);
      is_ending_ = true;
    }
    has_woken_.NotifyAll();
    waker_.join();
  }

  db::Store& store() override { return options_.world.store; }

  Result<Experiment> Create(const access::Caller& caller, const std::string& manifest) override {
    HONE_ASSIGN_OR_RETURN(Experiment wanted, Read(manifest, options_.services));
    HONE_RETURN_IF_ERROR(caller.Check(wanted.key.ns, access::Role::kWrite));
    wanted.uid = MakeUid();
    wanted.created = options_.world.clock.Now();
    for (int tries = 1;; ++tries) {
      Result<Experiment> created = store().CreateExperiment(wanted);
      if (const auto deleted = created ? FindHeld(wanted.key) : nullptr) {
        deleted->Refresh();  // the cached study of this name was deleted
      }
      if (!created && created.error().code == Code::kAlreadyExists) {
        created = Adopt(wanted);
      }
      const bool is_race = !created && (created.error().code == Code::kAborted ||
                                        created.error().code == Code::kNotFound);
      if (!is_race || tries == kTries) {
        return created;
      }
    }
  }

  Result<std::shared_ptr<SharedStudy>> Open(const ExperimentKey& key) override {
    if (auto held = FindHeld(key)) {
      return held;
    }
    HONE_ASSIGN_OR_RETURN(const Experiment experiment, store().GetExperiment(key));
    HONE_RETURN_IF_ERROR(CheckIsStudy(experiment));
    auto wake = [this](const ExperimentKey& woken) {
      Wake(woken, Reason::kSuggestions);
    };
    auto study = std::make_shared<SharedStudy>(std::make_unique<TunerStudy>(
        options_.world, key, options_.make_suggester(std::move(wake))));
    const auto held = Hold(key, std::move(study));
    if (is_closed_) {
      held->Close();
    }
    return held;
  }

  void Wake(const ExperimentKey& key) override { Wake(key, Reason::kChange); }

  void WakeAll() override {
    {
      MutexLock lock(mutex_);
      all_are_woken_ = true;
    }
    has_woken_.NotifyAll();
  }

  void Close() override {
    is_closed_ = true;
    std::vector<std::shared_ptr<SharedStudy>> studies;
    {
      MutexLock lock(mutex_);
      for (const auto& [key, held] : studies_) {
        studies.push_back(held);
      }
    }
    for (const auto& study : studies) {
      study->Close();
    }
  }

 private:
  /// The stored study of that name, if it is the wanted one but for its counts, which are changed.
  Result<Experiment> Adopt(Experiment wanted) {
    HONE_ASSIGN_OR_RETURN(Experiment stored, store().GetExperiment(wanted.key));
    wanted.spec.suspend = stored.spec.suspend;
    if (wanted.spec == stored.spec) {
      return stored;
    }
    const FieldErrors errors = ValidateUpdate(stored, wanted);
    if (HasErrors(errors)) {
      return Fail(
          Code::kAlreadyExists,
          "study " + wanted.key.ToString() + " exists already and differs: " + Join(errors));
    }
    stored.spec = wanted.spec;
    HONE_ASSIGN_OR_RETURN(stored, store().UpdateSpec(stored));
    Wake(stored.key);
    return stored;
  }

  std::shared_ptr<SharedStudy> FindHeld(const ExperimentKey& key) {
    MutexLock lock(mutex_);
    const std::shared_ptr<SharedStudy>* const held = studies_.Find(key);
    return held == nullptr ? nullptr : *held;
  }

  /// Caches a study, unless another thread was quicker; returns the cached one.
  std::shared_ptr<SharedStudy> Hold(const ExperimentKey& key, std::shared_ptr<SharedStudy> study) {
    MutexLock lock(mutex_);
    study = studies_.Insert(key, std::move(study));
    if (studies_.size() > kStudiesMax) {
      DropOldest();
    }
    return study;
  }

  /// Evicts the study that was used longest ago, of the studies that no call is using. It is
  /// destroyed on the thread that wakes studies: its destructor may wait for a call whose reply
  /// needs this thread.
  void DropOldest() HONE_REQUIRES(mutex_) {
    auto oldest = studies_.TakeOldest(
        [](const std::shared_ptr<SharedStudy>& held) { return held.use_count() == 1; });
    if (oldest) {
      dropped_.push_back(*std::move(oldest));
      has_woken_.NotifyAll();
    }
  }

  enum class Reason { kSuggestions, kChange };
  /// Studies to look at, and why. A change is the stronger reason.
  using Studies = std::vector<std::pair<std::shared_ptr<SharedStudy>, Reason>>;

  void Wake(const ExperimentKey& key, Reason reason) {
    {
      MutexLock lock(mutex_);
      Reason& known = woken_.try_emplace(key, reason).first->second;
      known = std::max(known, reason);
    }
    has_woken_.NotifyAll();
  }

  /// The body of a thread of its own: the thread that calls Wake may be one that the end of a study
  /// waits for. Studies are locked, and end, while the lock of the tuner is free.
  void WakeStudies() {
    while (const std::optional<Studies> studies = AwaitWoken()) {
      for (const auto& [study, reason] : *studies) {
        if (reason == Reason::kChange) {
          study->Refresh();
        } else {
          study->TakeSuggestions();
        }
      }
    }
  }

  /// The studies that have been woken. Nothing at the end.
  std::optional<Studies> AwaitWoken() {
    std::vector<std::shared_ptr<SharedStudy>> dropped;
    MutexLock lock(mutex_);
    while (woken_.empty() && !all_are_woken_ && dropped_.empty() && !is_ending_) {
      has_woken_.Wait(mutex_);
    }
    dropped.swap(dropped_);
    if (is_ending_) {
      return std::nullopt;
    }
    Studies studies;
    for (const auto& [key, held] : studies_) {
      const auto woken = woken_.find(key);
      if (all_are_woken_) {
        studies.emplace_back(held, Reason::kChange);
      } else if (woken != woken_.end()) {
        studies.emplace_back(held, woken->second);
      }
    }
    woken_.clear();
    all_are_woken_ = false;
    return studies;
  }

  const Options options_;
  Mutex mutex_;
  ConditionVariable has_woken_;
  std::map<ExperimentKey, Reason> woken_ HONE_GUARDED_BY(mutex_);
  bool all_are_woken_ HONE_GUARDED_BY(mutex_) = false;
  /// Evicted, and to be destroyed.
  std::vector<std::shared_ptr<SharedStudy>> dropped_ HONE_GUARDED_BY(mutex_);
  bool is_ending_ HONE_GUARDED_BY(mutex_) = false;
  /// Set before the cached studies are closed: a study that is cached later sees it.
  std::atomic<bool> is_closed_ = false;
  LruCache<ExperimentKey, std::shared_ptr<SharedStudy>> studies_ HONE_GUARDED_BY(mutex_);
  std::thread waker_;
};

}  // namespace

std::unique_ptr<Tuner> Tuner::Make(Options options) {
  return std::make_unique<StoreTuner>(std::move(options));
}

Result<ExperimentKey> ParseStudyName(const std::string& field, const std::string& text) {
  const std::size_t slash = text.find('/');
  ExperimentKey key;
  if (slash != std::string::npos) {
    key.ns = text.substr(0, slash);
  }
  key.name = text.substr(slash == std::string::npos ? 0 : slash + 1);
  if (key.name.empty() || key.ns.empty() || key.name.find('/') != std::string::npos) {
    return Fail(
        Code::kInvalidArgument,
        field + ": must be \"name\" or \"namespace/name\", is \"" + text.substr(0, 256) + "\"");
  }
  return key;
}

}  // namespace hone::controller
