#include "controller/cli/trial_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/model/experiment.h"

namespace hone::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Experiment Train() {
  Experiment experiment;
  experiment.key.name = "train";
  experiment.spec.objective = Objective{};
  experiment.spec.objective->type = ObjectiveType::kMaximize;
  experiment.spec.objective->metric_name = "accuracy";
  experiment.spec.objective->additional_metric_names = {"loss"};
  experiment.spec.objective->metric_strategies = {{"accuracy", MetricStrategy::kMax}};
  experiment.spec.parameters = {{.name = "lr", .type = ParameterType::kDouble}};
  return experiment;
}

Trial ATrial(TrialState state) {
  Trial trial;
  trial.experiment.name = "train";
  trial.ordinal = 3;
  trial.state = state;
  trial.assignments = {{"lr", "0.012345678901234"}};
  trial.metrics = {{.name = "accuracy", .min = "0.1", .max = "0.9", .latest = "0.8"},
                   {.name = "loss", .min = "0.2", .max = "2.5", .latest = "0.3"}};
  return trial;
}

std::vector<std::string> Names(const std::vector<TrialColumn>& columns) {
  std::vector<std::string> names;
  for (const TrialColumn& column : columns) {
    names.push_back(column.name);
  }
  return names;
}

std::vector<std::string> Texts(const Experiment& experiment,
                               const std::string& names,
                               const Trial& trial) {
  const std::vector<TrialColumn> columns = NamedColumns(experiment, names).value();
  std::vector<std::string> texts;
  for (const TrialColumn& column : columns) {
    texts.push_back(column.CellOf({trial, Time{}}).text);
  }
  return texts;
}

TEST(TrialColumns, ShowMessagesAsSoonAsThereAreSome) {
  Experiment experiment = Train();
  EXPECT_THAT(Names(ShownColumns(experiment, false)),
              ElementsAre("name", "state", "accuracy", "duration", "lr"));

  experiment.status.counts.failed = 1;
  EXPECT_THAT(Names(ShownColumns(experiment, false)),
              ElementsAre("name", "state", "accuracy", "duration", "lr", "message"));
  EXPECT_THAT(Names(ShownColumns(experiment, true)),
              ElementsAre("name",
                          "state",
                          "accuracy",
                          "loss",
                          "duration",
                          "attempt",
                          "started",
                          "completed",
                          "lr",
                          "message"));
}

TEST(TrialColumns, AreChosenByNameInAnyOrder) {
  EXPECT_THAT(Texts(Train(), "lr,name,accuracy,loss", ATrial(TrialState::kSucceeded)),
              ElementsAre("0.0123457", "train-3", "0.9", "0.3"));

  const auto unknown = NamedColumns(Train(), "name,acuracy");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("did you mean \"accuracy\"?"));
}

TEST(TrialColumns, ShowTheLatestOfARunningTrial) {
  EXPECT_THAT(Texts(Train(), "accuracy", ATrial(TrialState::kRunning)), ElementsAre("0.8"));
}

}  // namespace
}  // namespace hone::controller
