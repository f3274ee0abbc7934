// A process runner in its own folder, with an event loop to drive it and a sink that records
// reports and warnings. For tests; one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "controller/local/process_runner.h"
#include "tests/temporary_folder.h"

namespace hone::controller {

inline std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void WriteText(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// During its lifetime, this process may not write a file above that size.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &former_);
    const rlimit limit{bytes, former_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  FileSizeLimit(FileSizeLimit&&) = delete;
  FileSizeLimit& operator=(FileSizeLimit&&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &former_);
    ::signal(SIGXFSZ, former_action_);
  }

 private:
  rlimit former_{};
  /// Like the program: a write that is too large fails, instead of ending the process.
  void (*former_action_)(int) = ::signal(SIGXFSZ, SIG_IGN);
};

class RecordingSink : public ObservationSink {
 public:
  void Append(const AttemptId& id, std::vector<Observation> observations) override {
    auto& heard = heard_[id];
    heard.insert(heard.end(), observations.begin(), observations.end());
  }
  [[nodiscard]] std::vector<Observation> Of(const AttemptId& id) const {
    const auto found = heard_.find(id);
    return found == heard_.end() ? std::vector<Observation>{} : found->second;
  }

 private:
  std::map<AttemptId, std::vector<Observation>> heard_;
};

class LocalWorld {
 public:
  /// Timeout for anything in these tests, far above the time it takes even on a busy machine.
  static constexpr std::chrono::seconds kPatience{60};

  explicit LocalWorld(const std::function<void(ProcessRunnerOptions&)>& change = nullptr) {
    ProcessRunnerOptions options;
    options.store_id = "test-" + folder_.path().filename().string();
    options.trials_root = folder_.path() / "trials";
    options.working_directory = folder_.path();
    if (change) {
      change(options);
    }
    store_id_ = options.store_id;
    loop_ = std::move(*EventLoop::Make());
    runner_ = std::move(*ProcessRunner::Make(options, *loop_, clock_));
    runner_->Connect(
        sink_,
        [this](const ExperimentKey& key) { woken_.push_back(key); },
        [this](const std::string& text) { warnings_.push_back(text); });
  }

  static AttemptId Id(std::uint64_t ordinal = 1, std::int32_t attempt = 1) {
    return {{"default", "exp"}, ordinal, attempt};
  }
  static Workload Command(std::vector<std::string> command, const AttemptId& id = Id()) {
    Workload workload;
    workload.id = id;
    workload.experiment_uid = "uid";
    workload.trial_name = id.experiment.name + "-" + std::to_string(id.ordinal);
    workload.command = std::move(command);
    workload.metric_source.metrics = {"loss"};
    return workload;
  }
  static Workload Shell(const std::string& script, const AttemptId& id = Id()) {
    return Command({"/bin/sh", "-c", script}, id);
  }

  /// Ensures `workload` while no file may become larger than 50,000 bytes.
  Status EnsureWithSmallFiles(const Workload& workload) {
    const FileSizeLimit limit(50'000);
    return runner_->Ensure(workload);
  }

  bool PumpUntil(const std::function<bool()>& is_reached) {
    const Duration deadline = clock_.Elapsed() + kPatience;
    while (!is_reached()) {
      if (clock_.Elapsed() > deadline) {
        return false;
      }
      loop_->Wait(std::chrono::milliseconds(20));
    }
    return true;
  }
  bool AwaitFile(const std::filesystem::path& path) {
    return PumpUntil([&] { return std::filesystem::exists(path); });
  }
  WorkloadState AwaitFinished(const AttemptId& id = Id()) {
    EXPECT_TRUE(PumpUntil([&] { return runner_->Observe(id).IsFinished(); }));
    return runner_->Observe(id);
  }
  WorkloadState RunToEnd(const Workload& workload) {
    const Status status = runner_->Ensure(workload);
    EXPECT_TRUE(status.has_value()) << status.error().message;
    return AwaitFinished(workload.id);
  }

  [[nodiscard]] std::vector<std::string> ValuesOf(const AttemptId& id = Id()) const {
    std::vector<std::string> values;
    for (const Observation& observation : sink_.Of(id)) {
      values.push_back(observation.value);
    }
    return values;
  }
  [[nodiscard]] TrialPaths PathsOf(std::uint64_t ordinal = 1) const {
    return PathsOfTrial(
        folder_.path() / "trials", {"default", "exp"}, "exp-" + std::to_string(ordinal));
  }
  [[nodiscard]] std::string LogOf(std::uint64_t ordinal = 1) const {
    return ReadText(PathsOf(ordinal).log);
  }

  ProcessRunner& runner() { return *runner_; }
  EventLoop& loop() { return *loop_; }
  RecordingSink& sink() { return sink_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] const std::string& store_id() const { return store_id_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  [[nodiscard]] const std::vector<ExperimentKey>& woken() const { return woken_; }
  /// Destroys the runner, as happens at the end of the program.
  void DestroyRunner() { runner_.reset(); }

 private:
  TemporaryFolder folder_;
  std::string store_id_;
  SystemClock clock_;
  RecordingSink sink_;
  std::vector<ExperimentKey> woken_;
  std::vector<std::string> warnings_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<ProcessRunner> runner_;
};

}  // namespace hone::controller
