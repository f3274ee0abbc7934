#include "controller/cli/frame.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "controller/cli/text.h"

namespace hone::controller {
namespace {

constexpr std::size_t kBarColumns = 24;

std::string Repeat(std::string_view piece, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += piece;
  }
  return text;
}

std::string RenderBar(const Frame& frame, const FrameStyle& style) {
  if (!frame.max || *frame.max <= 0) {
    return "";
  }
  const double share = static_cast<double>(frame.done) / static_cast<double>(*frame.max);
  const auto filled = static_cast<std::size_t>(
      std::floor(std::clamp(share, 0.0, 1.0) * static_cast<double>(kBarColumns)));
  return style.painter.Paint(Color::kGreen, Repeat(style.has_utf8 ? "━" : "#", filled)) +
         style.painter.Paint(Color::kDim,
                             Repeat(style.has_utf8 ? "─" : "-", kBarColumns - filled)) +
         " ";
}

// The progress in words, the most important first, since a narrow terminal cuts off the end.
std::string RenderProgress(const Frame& frame) {
  std::string text = std::to_string(frame.done);
  text += frame.max ? "/" + std::to_string(*frame.max) : " trials";
  if (frame.best) {
    text += "  best " + Printable(frame.metric) + "=" + FormatShort(*frame.best) + " (" +
            frame.best_trial + ")";
  }
  text += "  " + std::to_string(frame.running) + " running";
  if (frame.failures > 0) {
    text += "  " + std::to_string(frame.failures) + " failed";
  }
  if (frame.rate > 0) {
    text += "  " + FormatRate(frame.rate);
  }
  if (const std::optional<Duration> left = TimeLeft(frame)) {
    text += "  " + FormatDuration(*left) + " left";
  }
  return text;
}

std::string RenderTrial(const TrialLine& trial, std::size_t name_columns, const FrameStyle& style) {
  const std::string state(ToText(trial.state));
  const std::string objective = trial.objective ? FormatShort(*trial.objective) : "";
  const std::string duration = trial.duration ? FormatDuration(*trial.duration) : "";
  const std::string head = "  " + PadRight(trial.name, name_columns) + "  ";
  const std::string rest = "  " + PadLeft(objective, 12) + "  " + PadLeft(duration, 7) + "  " +
                           (trial.reason.empty() ? "" : Printable(trial.reason) + "  ") +
                           trial.parameters;
  constexpr std::size_t kStateColumns = 18;
  const std::size_t used = DisplayWidth(head) + kStateColumns;
  if (style.columns <= used) {
    return Truncate(head + state, style.columns);
  }
  return head + style.painter.Paint(ColorOf(trial.state), PadRight(state, kStateColumns)) +
         Truncate(rest, style.columns - used);
}

}  // namespace

std::optional<Duration> TimeLeft(const Frame& frame) {
  if (!frame.max || frame.rate <= 0 || *frame.max <= frame.done) {
    return std::nullopt;
  }
  const double seconds = static_cast<double>(*frame.max - frame.done) / frame.rate;
  constexpr double kSecondsMax = 1e9;
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(std::min(seconds, kSecondsMax)));
}

std::string FormatRate(double per_second) {
  return per_second >= 1 ? fmt::format("{:.1f} trials/s", per_second)
                         : fmt::format("{:.1f} trials/min", per_second * 60);
}

Color ColorOf(TrialState state) {
  switch (state) {
    case TrialState::kSucceeded:
      return Color::kGreen;
    case TrialState::kRunning:
      return Color::kCyan;
    case TrialState::kCreated:
      return Color::kDim;
    case TrialState::kFailed:
    case TrialState::kMetricsUnavailable:
      return Color::kRed;
    case TrialState::kKilled:
    case TrialState::kEarlyStopped:
      return Color::kYellow;
  }
  return Color::kPlain;
}

std::string ReasonText(const Trial& trial) {
  const bool failed =
      trial.state == TrialState::kFailed || trial.state == TrialState::kMetricsUnavailable;
  const bool waits = trial.state == TrialState::kCreated && trial.attempt > 1;
  return failed || waits ? trial.message : "";
}

std::vector<std::string> RenderFrame(const Frame& frame, const FrameStyle& style) {
  std::vector<std::string> lines;
  std::size_t name_columns = 0;
  for (const TrialLine& trial : frame.trials) {
    name_columns = std::max(name_columns, DisplayWidth(trial.name));
  }
  const std::size_t skipped =
      frame.trials.size() > style.trials_max ? frame.trials.size() - style.trials_max : 0;
  for (std::size_t i = skipped; i < frame.trials.size(); ++i) {
    lines.push_back(RenderTrial(frame.trials[i], name_columns, style));
  }
  const bool has_bar = frame.max && *frame.max > 0 && style.columns > kBarColumns * 2;
  const std::size_t columns = has_bar ? style.columns - kBarColumns - 1 : style.columns;
  lines.push_back((has_bar ? RenderBar(frame, style) : "") +
                  Truncate(RenderProgress(frame), columns));
  if (!frame.notice.empty()) {
    lines.push_back(
        style.painter.Paint(Color::kYellow, Truncate(Printable(frame.notice), style.columns)));
  }
  return lines;
}

}  // namespace hone::controller
