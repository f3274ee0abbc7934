// Attempt: one run of one trial as a process of this machine, from its start until nothing of it is
// left: process group, output, log, metrics. It runs on the event loop of its runner, which owns
// it; one thread.
//
// The end of an attempt, in order:
//   1. The first process ends. The rest of its group is killed, then the first process is reaped.
//   2. Descendants that left the group are killed until none is left.
//   3. The pipes and then the metric file are read to their ends; the observations are handed to
//      the sink.
//   4. The entries of the working folder that the trial left unchanged are removed.
//   5. The state becomes finished, and `on_finished` is called. It may destroy the attempt.
#pragma once

#include <array>
#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controller/local/descendants.h"
#include "controller/local/event_loop.h"
#include "controller/local/launch.h"
#include "controller/local/line_hold.h"
#include "controller/local/metric_feed.h"
#include "controller/local/spawn.h"
#include "controller/local/trial_log.h"
#include "metrics-collector/source/file_tail.h"

namespace hone::controller {

/// Objects that all attempts of a runner share. All of them outlive the attempts.
struct AttemptWorld {
  EventLoop& loop;
  const Clock& clock;
  Descendants& descendants;
  ParserMemo& parsers;
  ObservationSink& sink;
  const std::function<void(const std::string&)>& warn;
  /// Passes on the first warning about `what` and drops the later ones.
  const std::function<void(const std::string& what, const std::string& text)>& warn_once;
  /// Where run marks are made.
  const std::filesystem::path& marks;
  /// Scratch space for reading.
  std::span<char> buffer;
};

class Attempt {
 public:
  Attempt(const AttemptWorld& world,
          const Workload& workload,
          Launch launch,
          std::size_t log_bytes_max,
          std::function<void()> on_finished);
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  Attempt(Attempt&&) = delete;
  Attempt& operator=(Attempt&&) = delete;
  /// Kills the processes of the attempt that still run.
  ~Attempt();

  /// Called at most once.
  [[nodiscard]] Status Start(const std::vector<std::string>& gpus);
  /// Asks the process group to end; kills it after `grace`. A second call can only shorten the time
  /// that is left. An attempt that had not ended before by itself counts as stopped.
  void Stop(std::chrono::milliseconds grace);
  /// Sets the state of an attempt that could not be started; `error` tells whether it may be
  /// retried.
  void MarkNotStarted(const Error& error);
  /// Deletes the volumes, unless the experiment retains them.
  void RemoveVolumes() const;

  [[nodiscard]] const WorkloadState& state() const { return state_; }
  [[nodiscard]] bool has_process() const { return state_.phase == WorkloadState::Phase::kRunning; }

 private:
  void Warn(const std::string& message);
  void Log(std::string_view bytes);
  /// Appends to the log and to output_tail_.
  void LogOutput(std::size_t stream, std::string_view lines);
  Status MakeFolders();
  /// Removes the entries of the working folder that the trial left unchanged.
  void ClearWorkFolder();
  void OnExit();
  void EndDescendants();
  void Finish();
  /// Reads at most `reads` buffers full of stdout (0) or stderr (1).
  void ReadOutput(std::size_t stream, int reads);
  void TakeOutput(std::size_t stream, std::string_view bytes);
  /// Returns true if the file may have more to read.
  bool ReadMetricFile(int reads);
  void PollMetricFile();
  void CloseOutput(std::size_t stream);
  void LogLastLines();
  void CloseOutputs();
  void StartTimer(Duration delay, void (Attempt::*callback)());
  void KillGroup() const;

  AttemptWorld world_;
  AttemptId id_;
  std::string trial_name_;
  bool retain_;
  Launch launch_;
  std::function<void()> on_finished_;
  WorkloadState state_;
  int warnings_ = 0;

  Child child_;
  RunMark mark_;
  std::optional<siginfo_t> exit_;
  bool is_stopped_ = false;
  TrialLog log_;
  std::array<LineHold, 2> held_;
  /// The stream whose line the log ends with, if that line is not complete.
  std::optional<std::size_t> open_line_;
  /// The end of the output, for the message of a failure.
  std::string output_tail_;
  /// Observations are read from the output, or from metric_file_ if there is one. No feed: metrics
  /// are not collected.
  std::optional<MetricFeed> feed_;
  std::optional<metrics::FileTail> metric_file_;
  std::size_t metric_file_bytes_ = 0;
  bool has_warned_of_metric_file_ = false;

  /// First the timer that polls the metric file, later the timer that waits for descendants to end.
  std::optional<std::uint64_t> timer_;
  std::optional<std::uint64_t> kill_timer_;
  Duration kill_at_{0};
  int end_rounds_ = 0;
};

}  // namespace hone::controller
