#include "controller/local/attempt.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "controller/local/last_line.h"
#include "controller/local/outcome.h"
#include "controller/local/system_failure.h"

namespace hone::controller {
namespace {

using std::chrono::milliseconds;

constexpr int kWarningsMax = 5;
/// Buffers (64 KiB) an attempt may read in one turn of the loop, so that others get theirs.
constexpr int kReadsPerTurn = 4;
/// What is read of the pipe at the end: far more than a pipe holds, yet bounded, should a process
/// that we cannot reach go on writing.
constexpr int kFinalReads = 16;
constexpr milliseconds kMetricFilePeriod{200};
/// Pace and patience of waiting for killed descendants to be gone: about five seconds in all.
constexpr milliseconds kEndPaceMax{50};
constexpr int kEndRoundsMax = 100;

}  // namespace

Attempt::Attempt(const AttemptWorld& world,
                 const Workload& workload,
                 Launch launch,
                 std::size_t log_bytes_max,
                 std::function<void()> on_finished)
    : world_(world),
      id_(workload.id),
      trial_name_(workload.trial_name),
      retain_(workload.retain),
      launch_(std::move(launch)),
      on_finished_(std::move(on_finished)),
      log_(launch_.log, log_bytes_max) {
  state_.phase = WorkloadState::Phase::kWaiting;
  const MetricSource& source = workload.metric_source;
  if (source.kind == CollectorKind::kStdOut || source.kind == CollectorKind::kFile) {
    feed_.emplace(
        id_, source, world_.parsers, world_.sink, [this](const std::string& text) { Warn(text); });
  }
  if (source.kind == CollectorKind::kFile) {
    metric_file_.emplace(launch_.metric_file);
  }
}

Attempt::~Attempt() {
  if (timer_) {
    world_.loop.CancelTimer(*timer_);
  }
  if (kill_timer_) {
    world_.loop.CancelTimer(*kill_timer_);
  }
  CloseOutput();
  if (child_.pid != 0 && !exit_) {
    world_.loop.Remove(child_.pidfd.get());
    KillGroup();
    ::waitpid(child_.pid, nullptr, 0);
    world_.descendants.RemoveLeader(child_.pid);
  }
}

Status Attempt::Start(const std::vector<std::string>& gpus) {
  HONE_RETURN_IF_ERROR(MakeFolders());
  SpawnRequest request = std::move(launch_.request);
  if (!gpus.empty()) {
    std::string ids = gpus.front();
    std::for_each(gpus.begin() + 1, gpus.end(), [&](const auto& id) { ids += "," + id; });
    request.environment.Set("CUDA_VISIBLE_DEVICES", ids);
  }
  HONE_ASSIGN_OR_RETURN(child_, Spawn(request));
  world_.descendants.AddLeader(child_.pid);
  // If the loop takes one of them and not the other, the destructor clears up.
  HONE_RETURN_IF_ERROR(world_.loop.Add(child_.pidfd.get(), [this] { OnExit(); }));
  HONE_RETURN_IF_ERROR(world_.loop.Add(child_.output.get(), [this] { OnOutput(); }));
  state_ = {};
  state_.phase = WorkloadState::Phase::kRunning;
  state_.started = world_.clock.Now();
  if (id_.attempt > 1) {
    Log("--- attempt " + std::to_string(id_.attempt) + " ---\n");
  }
  if (metric_file_) {
    StartTimer(kMetricFilePeriod, &Attempt::PollMetricFile);
  }
  return {};
}

/// The trial's own folder is made when there is something to put into it.
Status Attempt::MakeFolders() {
  HONE_RETURN_IF_ERROR(launch_.volumes.Create());
  HONE_RETURN_IF_ERROR(launch_.checkpoint.Create());
  const std::string& working_directory = launch_.request.working_directory;
  if (launch_.volumes.Contains(working_directory)) {
    std::error_code error;
    std::filesystem::create_directories(working_directory, error);
    if (error) {
      return SystemFailure("making working directory " + working_directory, error.value());
    }
  }
  if (metric_file_) {
    ::unlink(launch_.metric_file.c_str());  // a former attempt's
  }
  return {};
}

void Attempt::Stop(milliseconds grace) {
  if (!has_process() || exit_) {
    return;
  }
  is_stopped_ = true;
  if (grace.count() <= 0) {
    KillGroup();
    return;
  }
  const Duration kill_at = world_.clock.Elapsed() + grace;
  if (kill_timer_ && kill_at >= kill_at_) {
    return;
  }
  if (kill_timer_) {
    world_.loop.CancelTimer(*kill_timer_);
  } else {
    ::kill(-child_.pid, SIGTERM);
  }
  kill_at_ = kill_at;
  kill_timer_ = world_.loop.StartTimer(grace, [this] { KillGroup(); });
}

void Attempt::MarkNotStarted(const Error& error) {
  state_.phase =
      error.IsRetryable() ? WorkloadState::Phase::kAbsent : WorkloadState::Phase::kFailed;
  state_.finished = world_.clock.Now();
  state_.reason = StartFailureReason(error.code);
  state_.message = error.message;
}

void Attempt::RemoveVolumes() const {
  if (!retain_) {
    launch_.volumes.Remove();
  }
}

void Attempt::Warn(const std::string& message) {
  if (++warnings_ > kWarningsMax) {
    return;
  }
  const std::string last =
      warnings_ == kWarningsMax ? " (further warnings of this attempt are not shown)" : "";
  world_.warn("trial " + trial_name_ + ": " + message + last);
}

void Attempt::Log(std::string_view bytes) {
  if (const Status written = log_.Write(bytes); !written) {
    Warn(written.error().message + "; the trial goes on without its log");
  }
}

void Attempt::KillGroup() const {
  ::kill(-child_.pid, SIGKILL);
}

void Attempt::OnOutput() {
  ReadOutput(kReadsPerTurn);
}

void Attempt::OnExit() {
  world_.loop.Remove(child_.pidfd.get());
  // Before waiting: as long as the process is not waited for, nobody else can get its group's id.
  KillGroup();
  siginfo_t exit{};
  ::waitid(P_PID, static_cast<id_t>(child_.pid), &exit, WEXITED);
  exit_ = exit;
  state_.finished = world_.clock.Now();
  world_.descendants.RemoveLeader(child_.pid);
  child_.pidfd.Close();
  for (auto* timer : {&timer_, &kill_timer_}) {
    if (*timer) {
      world_.loop.CancelTimer(**timer);
      timer->reset();
    }
  }
  EndDescendants();
}

void Attempt::EndDescendants() {
  if (!world_.descendants.End(launch_.marker)) {
    if (++end_rounds_ <= kEndRoundsMax) {
      StartTimer(std::min(milliseconds(end_rounds_), kEndPaceMax), &Attempt::EndDescendants);
      return;
    }
    Warn("a process that it started does not end although it was killed");
  }
  ReadOutput(kFinalReads);
  CloseOutput();
  Finish();
}

void Attempt::Finish() {
  if (metric_file_ && ReadMetricFile(kReadsPerTurn)) {
    StartTimer(Duration{0}, &Attempt::Finish);
    return;
  }
  if (feed_) {
    feed_->Finish(world_.clock.Now());
  }
  Outcome outcome = OutcomeOf(*exit_, output_tail_);
  if (is_stopped_) {
    outcome = {WorkloadState::Phase::kFailed, kStopped, "was stopped before its end"};
  }
  if (metric_file_ && metric_file_bytes_ == 0 &&
      outcome.phase == WorkloadState::Phase::kSucceeded) {
    Warn("it wrote nothing to its metric file " + launch_.metric_file.string());
  }
  if (feed_ && outcome.phase == WorkloadState::Phase::kSucceeded) {
    outcome.message = feed_->Hint();
  }
  state_.phase = outcome.phase;
  state_.reason = std::move(outcome.reason);
  state_.message = std::move(outcome.message);
  const auto on_finished = std::move(on_finished_);
  on_finished();
}

void Attempt::ReadOutput(int reads) {
  for (int i = 0; i < reads && child_.output.is_open(); ++i) {
    const ssize_t count = ::read(child_.output.get(), world_.buffer.data(), world_.buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
      return;
    }
    if (count <= 0) {
      CloseOutput();
      return;
    }
    const std::string_view bytes(world_.buffer.data(), static_cast<std::size_t>(count));
    Log(bytes);
    output_tail_.append(bytes.substr(bytes.size() - std::min(bytes.size(), kOutputTailMax)));
    output_tail_.erase(0, output_tail_.size() - std::min(output_tail_.size(), kOutputTailMax));
    if (feed_ && !metric_file_) {
      feed_->Feed(bytes, world_.clock.Now());
    }
    if (bytes.size() < world_.buffer.size()) {
      return;  // that was all there is now
    }
  }
}

bool Attempt::ReadMetricFile(int reads) {
  for (int i = 0; i < reads; ++i) {
    const auto chunk = metric_file_->Read(world_.buffer);
    if (!chunk) {
      if (!std::exchange(has_warned_of_metric_file_, true)) {
        Warn(chunk.error().message);
      }
      return false;
    }
    if (chunk->is_fresh_start) {
      feed_->EndLine(world_.clock.Now());
    }
    if (chunk->size == 0) {
      return false;
    }
    metric_file_bytes_ += chunk->size;
    feed_->Feed({world_.buffer.data(), chunk->size}, world_.clock.Now());
  }
  return true;
}

void Attempt::PollMetricFile() {
  const bool is_more = ReadMetricFile(kReadsPerTurn);
  StartTimer(is_more ? Duration{0} : kMetricFilePeriod, &Attempt::PollMetricFile);
}

void Attempt::CloseOutput() {
  if (child_.output.is_open()) {
    world_.loop.Remove(child_.output.get());
    child_.output.Close();
  }
}

void Attempt::StartTimer(Duration delay, void (Attempt::*callback)()) {
  timer_ = world_.loop.StartTimer(delay, [this, callback] {
    timer_.reset();
    (this->*callback)();
  });
}

}  // namespace hone::controller
