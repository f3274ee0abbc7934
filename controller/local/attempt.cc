#include "controller/local/attempt.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "controller/local/folders.h"
#include "controller/local/last_line.h"
#include "controller/local/outcome.h"
#include "controller/local/system_failure.h"

namespace hone::controller {
namespace {

using std::chrono::milliseconds;

constexpr int kWarningsMax = 5;
/// Buffers (64 KiB) that an attempt may read in one turn of the loop, so that other attempts are
/// read too.
constexpr int kReadsPerTurn = 4;
/// Buffers read from a pipe at the end: far more than a pipe holds, yet bounded, in case a process
/// that could not be killed goes on writing.
constexpr int kFinalReads = 16;
constexpr milliseconds kMetricFilePeriod{200};
/// How often, and how many times, to check that killed descendants have ended: about five seconds
/// in total.
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
  CloseOutputs();
  if (child_.pid != 0 && !exit_) {
    world_.loop.Remove(child_.pidfd.get());
    KillGroup();
    ::waitpid(child_.pid, nullptr, 0);
    world_.descendants.RemoveLeader(child_.pid);
  }
  launch_.work.Clear();
}

Status Attempt::Start(const std::vector<std::string>& gpus) {
  HONE_RETURN_IF_ERROR(MakeFolders());
  SpawnRequest request = std::move(launch_.request);
  if (!gpus.empty()) {
    std::string ids = gpus.front();
    std::for_each(gpus.begin() + 1, gpus.end(), [&](const auto& id) { ids += "," + id; });
    request.environment.Set("CUDA_VISIBLE_DEVICES", ids);
  }
  Pipe errors;
  HONE_ASSIGN_OR_RETURN(
      mark_,
      RunMark::Make(world_.marks,
                    id_.experiment.ns + "." + trial_name_ + "." + std::to_string(id_.attempt),
                    errors));
  HONE_ASSIGN_OR_RETURN(child_, Spawn(request, std::move(errors)));
  world_.descendants.AddLeader(child_.pid);
  HONE_RETURN_IF_ERROR(mark_.Record(child_.pid));
  // If adding one of them fails, the destructor removes the others.
  HONE_RETURN_IF_ERROR(world_.loop.Add(child_.pidfd.get(), [this] { OnExit(); }));
  for (std::size_t stream = 0; stream < child_.outputs.size(); ++stream) {
    HONE_RETURN_IF_ERROR(world_.loop.Add(child_.outputs.at(stream).get(),
                                         [this, stream] { ReadOutput(stream, kReadsPerTurn); }));
  }
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

/// The trial's own folder is made only if something is put into it.
Status Attempt::MakeFolders() {
  HONE_RETURN_IF_ERROR(launch_.volumes.Create());
  HONE_RETURN_IF_ERROR(launch_.checkpoint.Create());
  if (!launch_.work.is_none()) {
    HONE_RETURN_IF_ERROR(launch_.work.Create());
  }
  const std::string& working_directory = launch_.request.working_directory;
  if (launch_.volumes.Contains(working_directory)) {
    HONE_RETURN_IF_ERROR(MakeFolder(working_directory));
  }
  if (metric_file_ && !launch_.work.has_kept()) {
    // If this fails, reading the file at the end reports it missing.
    [[maybe_unused]] const Status made = MakeFolder(launch_.metric_file.parent_path());
    ::unlink(launch_.metric_file.c_str());  // a former attempt's
  }
  return {};
}

void Attempt::ClearWorkFolder() {
  for (const std::filesystem::path& path : launch_.work.Clear()) {
    world_.warn_once(path.string(),
                     path.string() + " changed while trial " + trial_name_ +
                         " ran; trials see it through a link, so if they write it, they write over "
                         "each other's: move it away, and each trial writes its own");
  }
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
  state_ = NotStarted(Wrap("starting trial " + trial_name_, error).value(), world_.clock.Now());
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

void Attempt::LogOutput(std::size_t stream, std::string_view lines) {
  if (open_line_ && open_line_ != stream) {
    Log("\n");
  }
  const bool is_complete = lines.ends_with('\n') || lines.ends_with('\r');
  open_line_ = is_complete ? std::nullopt : std::optional(stream);
  Log(lines);
  output_tail_.append(lines.substr(lines.size() - std::min(lines.size(), kOutputTailMax)));
  output_tail_.erase(0, output_tail_.size() - std::min(output_tail_.size(), kOutputTailMax));
}

void Attempt::KillGroup() const {
  ::kill(-child_.pid, SIGKILL);
}

void Attempt::OnExit() {
  world_.loop.Remove(child_.pidfd.get());
  // Before waitid: as long as the process is not reaped, no other group can get its id.
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
  for (std::size_t stream = 0; stream < child_.outputs.size(); ++stream) {
    ReadOutput(stream, kFinalReads);
  }
  CloseOutputs();
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
  ClearWorkFolder();
  mark_ = RunMark();
  state_.phase = outcome.phase;
  state_.reason = std::move(outcome.reason);
  state_.message = std::move(outcome.message);
  const auto on_finished = std::move(on_finished_);
  on_finished();
}

void Attempt::ReadOutput(std::size_t stream, int reads) {
  const FileDescriptor& output = child_.outputs.at(stream);
  for (int i = 0; i < reads && output.is_open(); ++i) {
    const ssize_t count = ::read(output.get(), world_.buffer.data(), world_.buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
      return;
    }
    if (count <= 0) {
      CloseOutput(stream);
      return;
    }
    const auto size = static_cast<std::size_t>(count);
    TakeOutput(stream, {world_.buffer.data(), size});
    if (size < world_.buffer.size()) {
      return;  // nothing more to read now
    }
  }
}

void Attempt::TakeOutput(std::size_t stream, std::string_view bytes) {
  held_.at(stream).Feed(bytes, [&](std::string_view lines) { LogOutput(stream, lines); });
  if (feed_ && !metric_file_) {
    feed_->Feed(bytes, world_.clock.Now(), stream);
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

void Attempt::CloseOutput(std::size_t stream) {
  FileDescriptor& output = child_.outputs.at(stream);
  if (output.is_open()) {
    world_.loop.Remove(output.get());
    output.Close();
  }
  LogLastLines();
}

/// Last lines without a line break are logged in the order of the streams, stderr's last, whichever
/// stream ended first.
void Attempt::LogLastLines() {
  for (std::size_t i = 0; i < held_.size() && !child_.outputs.at(i).is_open(); ++i) {
    held_.at(i).Flush([&](std::string_view line) { LogOutput(i, line); });
  }
}

void Attempt::CloseOutputs() {
  for (std::size_t stream = 0; stream < child_.outputs.size(); ++stream) {
    CloseOutput(stream);
  }
}

void Attempt::StartTimer(Duration delay, void (Attempt::*callback)()) {
  timer_ = world_.loop.StartTimer(delay, [this, callback] {
    timer_.reset();
    (this->*callback)();
  });
}

}  // namespace hone::controller
