// Attempt: one run of one trial as a process of this machine, from its start to the moment when
// nothing of it is left: process group, output, log, metrics. It lives on the event loop of its
// runner, which owns it; one thread.
//
// The end of an attempt, in order:
//   1. The first process ends. The rest of its group is killed, then it is waited for.
//   2. Descendants that left the group are killed until none is left.
//   3. What is in the pipes is read, then the metric file to its end; the observations are handed
//      over.
//   4. What is left of the working folder as it was made is removed.
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

/// What attempts share. All of it outlives them.
struct AttemptWorld {
  EventLoop& loop;
  const Clock& clock;
  Descendants& descendants;
  ParserMemo& parsers;
  ObservationSink& sink;
  const std::function<void(const std::string&)>& warn;
  /// Of all that attempts say about `what` only the first is said.
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
  /// Kills what still runs of it.
  ~Attempt();

  /// At most once.
  [[nodiscard]] Status Start(const std::vector<std::string>& gpus);
  /// Asks the process group to end; kills it after `grace`. Only ever shortens the time that is
  /// left. What had not ended by itself before is seen as stopped.
  void Stop(std::chrono::milliseconds grace);
  /// Marks an attempt that could not be started, for now or for good.
  void MarkNotStarted(const Error& error);
  /// Deletes the volumes, unless they are to be retained.
  void RemoveVolumes() const;

  [[nodiscard]] const WorkloadState& state() const { return state_; }
  [[nodiscard]] bool has_process() const { return state_.phase == WorkloadState::Phase::kRunning; }

 private:
  void Warn(const std::string& message);
  void Log(std::string_view bytes);
  /// Into the log, and into what is remembered of its end.
  void LogOutput(std::size_t stream, std::string_view lines);
  Status MakeFolders();
  /// Takes away what the trial left as it was made.
  void ClearWorkFolder();
  void OnExit();
  void EndDescendants();
  void Finish();
  /// Reads at most `reads` buffers full of stdout (0) or stderr (1).
  void ReadOutput(std::size_t stream, int reads);
  void TakeOutput(std::size_t stream, std::string_view bytes);
  /// Returns true if there may be more.
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
  /// The end of what was printed, for the message of a failure.
  std::string output_tail_;
  /// One of the two reads output, or none does.
  std::optional<MetricFeed> feed_;
  std::optional<metrics::FileTail> metric_file_;
  std::size_t metric_file_bytes_ = 0;
  bool has_warned_of_metric_file_ = false;

  /// Polls the metric file, later paces the end; never both.
  std::optional<std::uint64_t> timer_;
  std::optional<std::uint64_t> kill_timer_;
  Duration kill_at_{0};
  int end_rounds_ = 0;
};

}  // namespace hone::controller
