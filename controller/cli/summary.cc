#include "controller/cli/summary.h"

#include <algorithm>

#include <fmt/format.h>

#include "controller/cli/text.h"

namespace hone::controller {
namespace {

constexpr std::size_t kTitleColumns = 14;

/// Titles are padded to at most this many columns.
constexpr std::size_t kTitleColumnsMax = 40;
constexpr std::size_t kFailuresShown = 3;

std::string Row(const std::string& title, const std::string& value) {
  return TitledLine(title, value, kTitleColumns);
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
                : EndedWithoutResult(experiment)
                    ? painter.Paint(Color::kRed, " ended without a result")
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

std::string RenderMetrics(const Objective& objective, const std::vector<MetricSummary>& metrics) {
  std::size_t columns = kTitleColumns;
  for (const MetricSummary& metric : metrics) {
    columns = std::min(std::max(columns, DisplayWidth(Printable(metric.name))), kTitleColumnsMax);
  }
  std::string text;
  for (const MetricSummary& metric : metrics) {
    const MetricStrategy strategy = objective.StrategyOf(metric.name);
    const std::string value = FormatShort(std::string_view(MetricText(metric, strategy)));
    const std::string meaning = MetricMeaning(metric, strategy);
    text += value.empty()
                ? ""
                : TitledLine(
                      metric.name, value + (meaning.empty() ? "" : " (" + meaning + ")"), columns);
  }
  return text;
}

std::string RenderParameters(const Assignments& assignments) {
  std::size_t columns = 0;
  for (const Assignment& assignment : assignments) {
    columns = std::max(columns, DisplayWidth(Printable(assignment.name)));
  }
  std::string text;
  std::string title = "parameters";
  for (const Assignment& assignment : assignments) {
    text += Row(title,
                PadRight(Printable(assignment.name), columns) + "  " +
                    FormatShort(std::string_view(assignment.value)));
    title.clear();
  }
  return text;
}

std::string RenderFailures(const Summary& summary) {
  std::string text;
  std::int64_t others = 0;
  for (std::size_t i = 0; i < summary.failures.size(); ++i) {
    const FailureKind& kind = summary.failures[i];
    if (i >= kFailuresShown) {
      others += kind.trials;
      continue;
    }
    text += Row(
        i == 0 ? "failed" : "",
        std::to_string(kind.trials) + (kind.trials == 1 ? " trial: " : " trials: ") + kind.message);
  }
  text += others > 0 ? Row("", std::to_string(others) + " more in other ways") : "";
  return summary.failure_log.empty() ? text : text + Row("its log", summary.failure_log);
}

// Suggests commands that show more, including those that explain failures.
std::string RenderLookFurther(const Summary& summary) {
  const std::string& name = summary.experiment.key.name;
  const TrialCounts& counts = summary.experiment.status.counts;
  std::vector<std::string> commands;
  if (!summary.failures.empty()) {
    const std::string& trial = summary.failures.front().first_trial;
    commands.push_back((summary.failure_log.empty() ? "describe " : "logs ") + trial);
    commands.push_back("get trials " + name +
                       (counts.failed > 0 ? " --state Failed" : " --state MetricsUnavailable"));
  }
  if (summary.best) {
    commands.push_back("get trials " + name + " --sort objective --limit 10");
    commands.push_back("logs " + summary.best->name());
    commands.push_back("export " + name + " -o csv");
  }
  if (commands.empty()) {
    commands.push_back("get trials " + name);
  }
  std::string text = "\nlook further\n";
  for (const std::string& command : commands) {
    text += "  " + summary.program + " " + command + "\n";
  }
  return text;
}

}  // namespace

std::string FailureText(const Experiment& experiment, const std::vector<FailureKind>& failures) {
  if (failures.empty()) {
    return "";
  }
  return "of " + std::to_string(experiment.status.counts.created) + " trials " +
         std::to_string(experiment.status.counts.Failures()) + " failed, " +
         failures.front().first_trial + " first: " + failures.front().message;
}

std::string MetricText(const MetricSummary& metric, MetricStrategy strategy) {
  const std::string& chosen = strategy == MetricStrategy::kMin   ? metric.min
                              : strategy == MetricStrategy::kMax ? metric.max
                                                                 : metric.latest;
  const std::string& text = chosen == MetricSummary::kUnavailable ? metric.latest : chosen;
  return text == MetricSummary::kUnavailable ? "" : text;
}

std::string MetricMeaning(const MetricSummary& metric, MetricStrategy strategy) {
  if (metric.min == metric.max && metric.max == metric.latest) {
    return "";
  }
  const bool has_number = metric.min != MetricSummary::kUnavailable;
  return std::string(ToText(has_number ? strategy : MetricStrategy::kLatest));
}

std::string RenderBest(const Summary& summary, const Painter& painter) {
  const Objective& objective = *summary.experiment.spec.objective;
  if (!summary.best) {
    return "no trial has reported a number as " + Printable(objective.metric_name) +
           (summary.experiment.status.IsCompleted() ? "\n" : " yet\n");
  }
  std::string text = PadRight("best trial", kTitleColumns) + "  " +
                     painter.Paint(Color::kBold, summary.best->name()) + "\n";
  text += RenderMetrics(objective, summary.best->metrics);
  text += RenderParameters(summary.best->assignments);
  std::string title = "files";
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
  std::string text = RenderHeadline(summary.experiment, painter) + "\n" +
                     RenderBest(summary, painter) + RenderFailures(summary);
  const std::string infrastructure = RenderInfrastructure(summary.slots);
  if (!infrastructure.empty()) {
    text += Row("infrastructure", infrastructure);
  }
  return text + RenderLookFurther(summary);
}

}  // namespace hone::controller
