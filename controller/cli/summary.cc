#include "controller/cli/summary.h"

#include <algorithm>

#include <fmt/format.h>

#include "controller/cli/text.h"

namespace hone::controller {
namespace {

constexpr std::size_t kTitleColumns = 14;

std::string Row(const std::string& title, const std::string& value) {
  return PadRight(title, kTitleColumns) + "  " + Printable(value) + "\n";
}

std::string Milliseconds(Duration duration) {
  return fmt::format("{:.1f}ms", std::chrono::duration<double, std::milli>(duration).count());
}

Duration Percentile(const std::vector<Duration>& sorted, std::size_t percent) {
  return sorted[(sorted.size() - 1) * percent / 100];
}

std::string RenderHeadline(const Experiment& experiment, const Painter& painter) {
  const ExperimentStatus& status = experiment.status;
  std::string headline = "Experiment " + painter.Paint(Color::kBold, experiment.key.name);
  const bool has_failed = status.Is(ConditionType::kFailed);
  if (status.IsCompleted()) {
    const Condition* condition =
        status.Find(has_failed ? ConditionType::kFailed : ConditionType::kSucceeded);
    headline += has_failed ? painter.Paint(Color::kRed, " failed")
                           : painter.Paint(Color::kGreen, " succeeded");
    headline += ": " + Printable(condition->message);
  } else {
    headline += painter.Paint(Color::kYellow, " is not finished");
  }
  headline += " (" + std::to_string(status.counts.Completed()) + " trials";
  if (status.counts.Failures() > 0) {
    headline += ", " + std::to_string(status.counts.Failures()) + " failed";
  }
  if (status.completion_time != Time{}) {
    headline += ", " + FormatDuration(status.completion_time - status.start_time);
  }
  return headline + ")\n";
}

}  // namespace

std::string MetricText(const MetricSummary& metric, MetricStrategy strategy) {
  const std::string& chosen = strategy == MetricStrategy::kMin   ? metric.min
                              : strategy == MetricStrategy::kMax ? metric.max
                                                                 : metric.latest;
  const std::string& text = chosen == MetricSummary::kUnavailable ? metric.latest : chosen;
  return text == MetricSummary::kUnavailable ? "" : text;
}

std::string RenderBest(const Summary& summary, const Painter& painter) {
  const Objective& objective = *summary.experiment.spec.objective;
  if (!summary.best) {
    return "no trial has reported " + objective.metric_name + " yet.\n";
  }
  std::string text = PadRight("best trial", kTitleColumns) + "  " +
                     painter.Paint(Color::kBold, summary.best->name()) + "\n";
  for (const MetricSummary& metric : summary.best->metrics) {
    const std::string value = MetricText(metric, objective.StrategyOf(metric.name));
    text += value.empty() ? "" : Row(metric.name, value);
  }
  std::string title = "parameters";
  std::size_t name_columns = 0;
  for (const Assignment& assignment : summary.best->assignments) {
    name_columns = std::max(name_columns, DisplayWidth(assignment.name));
  }
  for (const Assignment& assignment : summary.best->assignments) {
    text += Row(title, PadRight(assignment.name, name_columns) + "  " + assignment.value);
    title.clear();
  }
  title = "files";
  for (const std::string& file : summary.files) {
    text += Row(title, file);
    title.clear();
  }
  return text;
}

std::string RenderInfrastructure(SlotTimes slots) {
  const Duration total = slots.busy + slots.idle;
  if (total.count() <= 0 || slots.busy.count() <= 0) {
    return "";
  }
  const double share =
      100.0 * static_cast<double>(slots.idle.count()) / static_cast<double>(total.count());
  std::string text = fmt::format("{:.2f}% of the trial slots' time", share);
  if (!slots.gaps.empty()) {
    std::sort(slots.gaps.begin(), slots.gaps.end());
    text += " (from a trial's end to the next start: p50 " +
            Milliseconds(Percentile(slots.gaps, 50)) + ", p95 " +
            Milliseconds(Percentile(slots.gaps, 95)) + ")";
  }
  return text;
}

std::string RenderSummary(const Summary& summary, const Painter& painter) {
  const std::string& name = summary.experiment.key.name;
  std::string text =
      RenderHeadline(summary.experiment, painter) + "\n" + RenderBest(summary, painter);
  const std::string infrastructure = RenderInfrastructure(summary.slots);
  if (!infrastructure.empty()) {
    text += Row("infrastructure", infrastructure);
  }
  text += "\nlook further\n  " + summary.program + " get trials " + name +
          " --sort objective --limit 10\n";
  if (summary.best) {
    text += "  " + summary.program + " logs " + summary.best->name() + "\n";
  }
  return text + "  " + summary.program + " export " + name + " -o csv\n";
}

}  // namespace hone::controller
