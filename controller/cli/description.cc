#include "controller/cli/description.h"

#include <algorithm>
#include <utility>

#include "controller/cli/summary.h"
#include "controller/cli/table.h"
#include "controller/cli/text.h"

namespace hone::controller {
namespace {

constexpr std::size_t kTitleColumns = 12;

std::string Row(const std::string& title, const std::string& value) {
  return value.empty() ? "" : TitledLine(title, value, kTitleColumns);
}

std::string Heading(const std::string& title, const Painter& painter) {
  return "\n" + painter.Paint(Color::kBold, title) + "\n";
}

// Rows indented by two columns.
class IndentedTable {
 public:
  IndentedTable(std::vector<Column> columns, const Painter& painter, std::string& text)
      : table_(std::move(columns), painter, [&text](std::string_view line) {
          text.append("  ").append(line);
          return true;
        }) {}
  void Add(std::vector<Cell> row) { table_.Add(std::move(row)); }
  void Finish() { table_.Finish(); }

 private:
  Table table_;
};

std::string Join(const std::vector<std::string>& words, const char* separator = ", ") {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : separator) + word;
  }
  return text;
}

std::string SpaceText(const FeasibleSpace& space) {
  if (!space.list.empty()) {
    return Join(space.list);
  }
  if (space.min == space.max) {
    return space.min;
  }
  const std::string range = space.min + " .. " + space.max;
  return space.step.empty() ? range : range + " step " + space.step;
}

std::string ObjectiveText(const Objective& objective) {
  std::string text = std::string(ToText(objective.type)) + " " + objective.metric_name;
  return objective.goal ? text + " until " + FormatNumber(*objective.goal) : text;
}

std::string SettingsText(const AlgorithmSpec& algorithm) {
  std::string text = algorithm.name;
  for (const Setting& setting : algorithm.settings) {
    text += " " + setting.name + "=" + setting.value;
  }
  return text;
}

std::string CountsText(const TrialCounts& counts) {
  const std::pair<std::int64_t, const char*> parts[] = {
      {counts.succeeded, "succeeded"},
      {counts.failed, "failed"},
      {counts.metrics_unavailable, "without metrics"},
      {counts.early_stopped, "stopped early"},
      {counts.killed, "killed"},
      {counts.running, "running"},
      {counts.pending, "waiting"},
  };
  std::string text = std::to_string(counts.created);
  for (const auto& [count, name] : parts) {
    text += count > 0 ? ", " + std::to_string(count) + " " + name : "";
  }
  return text;
}

std::string CountText(const std::optional<std::int32_t>& count) {
  return count ? std::to_string(*count) : "no limit";
}

std::string DescribeSpec(const ExperimentSpec& spec) {
  std::string text;
  if (spec.objective) {
    text += Row("objective", ObjectiveText(*spec.objective));
    text += Row("also records", Join(spec.objective->additional_metric_names));
  }
  if (spec.algorithm) {
    text += Row("algorithm", SettingsText(*spec.algorithm));
  }
  if (spec.early_stopping) {
    text += Row("stopping", SettingsText(*spec.early_stopping));
  }
  text += Row("budget",
              CountText(spec.max_trial_count) + " trials, " + CountText(spec.parallel_trial_count) +
                  " at once, failures: " + CountText(spec.max_failed_trial_count));
  if (spec.max_duration_seconds) {
    text += Row("time", FormatDuration(std::chrono::seconds(*spec.max_duration_seconds)));
  }
  if (spec.metrics_collector) {
    text += Row("metrics from", std::string(ToText(spec.metrics_collector->kind)));
  }
  return text;
}

std::string DescribeParameters(const ExperimentSpec& spec, const Painter& painter) {
  std::string text = Heading("parameters", painter);
  std::vector<Column> columns = {{"NAME"}, {"TYPE"}, {"DISTRIBUTION"}, {"VALUES"}};
  if (std::any_of(spec.parameters.begin(), spec.parameters.end(), [](const ParameterSpec& each) {
        return each.active_when.has_value();
      })) {
    columns.push_back({"LIVES WHEN"});
  }
  IndentedTable table(std::move(columns), painter, text);
  for (const ParameterSpec& parameter : spec.parameters) {
    const bool is_list = !parameter.feasible_space.list.empty();
    std::vector<Cell> row = {
        {parameter.name},
        {std::string(ToText(parameter.type))},
        {is_list ? "" : std::string(ToText(parameter.feasible_space.distribution))},
        {SpaceText(parameter.feasible_space)}};
    if (parameter.active_when) {
      row.push_back(
          {parameter.active_when->parent + " is " + Join(parameter.active_when->values, " or ")});
    }
    table.Add(std::move(row));
  }
  table.Finish();
  return text;
}

// The name and value of each parameter, indented by two columns.
std::string DescribeAssignments(const Assignments& assignments) {
  std::size_t columns = kTitleColumns;
  for (const Assignment& assignment : assignments) {
    columns = std::max(columns, DisplayWidth(Printable(assignment.name)));
  }
  std::string text;
  for (const Assignment& assignment : assignments) {
    text += "  " +
            TitledLine(assignment.name, FormatShort(std::string_view(assignment.value)), columns);
  }
  return text;
}

std::string DescribeBest(const Experiment& experiment, const Trial& best, const Painter& painter) {
  std::string text = Heading("best trial", painter);
  text += "  " + best.name() + "  " + Printable(experiment.spec.objective->metric_name) + "=" +
          FormatShort(experiment.status.optimal->value) + "\n";
  return text + DescribeAssignments(best.assignments);
}

std::string DescribeConditions(const ExperimentStatus& status, const Painter& painter) {
  std::string text = Heading("conditions", painter);
  IndentedTable table({{"TYPE"}, {"STATUS"}, {"SINCE"}, {"REASON"}, {"MESSAGE"}}, painter, text);
  for (const Condition& condition : status.conditions) {
    table.Add({{std::string(ToText(condition.type))},
               {condition.status ? "True" : "False"},
               {FormatTime(condition.last_transition)},
               {condition.reason},
               {condition.message}});
  }
  table.Finish();
  return text;
}

std::string DescribeLabels(const Trial& trial, const Painter& painter) {
  if (trial.labels.empty()) {
    return "";
  }
  std::string text = Heading("labels", painter);
  IndentedTable table({{"NAME"}, {"VALUE"}}, painter, text);
  for (const auto& [name, value] : trial.labels) {
    table.Add({{name}, {value}});
  }
  table.Finish();
  return text;
}

std::string DescribeMetrics(const Experiment& experiment,
                            const std::vector<MetricSummary>& metrics,
                            const Painter& painter) {
  if (metrics.empty()) {
    return "";
  }
  std::string text = Heading("metrics", painter);
  IndentedTable table(
      {{"NAME"}, {"VALUE", true}, {"IS"}, {"MIN", true}, {"MAX", true}, {"LATEST", true}},
      painter,
      text);
  const Objective objective = experiment.spec.objective.value_or(Objective{});
  const auto cell = [](const std::string& value) {
    return Cell{FormatShort(std::string_view(value))};
  };
  for (const MetricSummary& metric : metrics) {
    const MetricStrategy strategy = objective.StrategyOf(metric.name);
    table.Add({{metric.name},
               cell(MetricText(metric, strategy)),
               {MetricMeaning(metric, strategy)},
               cell(metric.min),
               cell(metric.max),
               cell(metric.latest)});
  }
  table.Finish();
  return text;
}

}  // namespace

std::string DescribeExperiment(const Experiment& experiment,
                               const std::optional<Trial>& best,
                               const std::string& failures,
                               const std::string& status_word,
                               const Painter& painter) {
  const ExperimentStatus& status = experiment.status;
  std::string text = Row("experiment", experiment.key.name);
  text += Row("namespace", experiment.key.ns);
  text += Row("status", status_word);
  text += Row("created", FormatTime(experiment.created));
  text += Row("ended", FormatTime(status.completion_time));
  text += DescribeSpec(experiment.spec);
  text += Row("trials", CountsText(status.counts));
  text += Row("failures", failures);
  text += DescribeParameters(experiment.spec, painter);
  if (best && status.optimal && experiment.spec.objective) {
    text += DescribeBest(experiment, *best, painter);
  }
  return text + DescribeConditions(status, painter);
}

std::string DescribeTrial(const Experiment& experiment,
                          const Trial& trial,
                          const std::string& log,
                          const Painter& painter) {
  std::string text = Row("trial", trial.name());
  text += Row("experiment", trial.experiment.ToString());
  text += Row("state", std::string(ToText(trial.state)));
  text += Row("reason", trial.reason);
  text += Row("message", trial.message);
  text += Row("attempt", std::to_string(trial.attempt));
  if (trial.parent != 0) {
    text +=
        Row("goes on from", Trial{.experiment = trial.experiment, .ordinal = trial.parent}.name());
  }
  text += Row("created", FormatTime(trial.created));
  text += Row("started", FormatTime(trial.started));
  text += Row("ended", FormatTime(trial.completed));
  text += Row("log", log);
  text += Heading("parameters", painter);
  text += DescribeAssignments(trial.assignments);
  text += DescribeLabels(trial, painter);
  return text + DescribeMetrics(experiment, trial.metrics, painter);
}

std::string DescribeAlgorithm(const Catalogued& entry, const Painter& painter) {
  std::string text = Row("algorithm", std::string(entry.name));
  text += Row("kind", std::string(entry.kind));
  text += Row("summary", std::string(entry.summary));
  text += Row("citation", std::string(entry.citation));
  if (entry.is_adaptive) {
    text += Row("learns", *entry.is_adaptive ? "yes, from the results" : "no");
  }
  text += Heading("settings", painter);
  if (entry.settings.empty()) {
    return text + "  none\n";
  }
  IndentedTable table({{"NAME"}, {"TYPE"}, {"RANGE"}, {"DEFAULT"}, {"MEANING"}}, painter, text);
  for (const algorithms::SettingSchema& setting : entry.settings) {
    table.Add({{std::string(setting.name)},
               {KindText(setting.kind)},
               {std::string(setting.range)},
               {std::string(setting.default_text)},
               {std::string(setting.summary)}});
  }
  table.Finish();
  return text;
}

}  // namespace hone::controller
