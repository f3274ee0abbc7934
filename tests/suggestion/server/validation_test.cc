// ValidateAlgorithmSettings refuses experiments that could not run, and names the bound that is
// exceeded.
#include "suggestion/server/validation.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/model/experiment.h"

namespace hone::suggestion {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Experiment AnExperiment(const std::string& algorithm, const std::vector<Setting>& settings) {
  Experiment experiment;
  experiment.key.name = experiment.uid = "e";
  experiment.spec.parameters = {
      {"x", ParameterType::kDouble, {"0", "1", "", {}, Distribution::kUniform}},
      {"epochs", ParameterType::kInt, {"1", "9", "", {}, Distribution::kUniform}}};
  experiment.spec.objective.emplace().type = ObjectiveType::kMinimize;
  experiment.spec.objective->metric_name = "loss";
  experiment.spec.algorithm = AlgorithmSpec{algorithm, settings};
  return experiment;
}

/// The message of the validation; "" if there is no fault.
std::string Complaint(const Experiment& experiment) {
  const Status status = ValidateSettings(experiment);
  return status ? "" : status.error().message;
}

std::string Complaint(const std::string& algorithm, const Setting& setting) {
  return Complaint(AnExperiment(algorithm, {setting}));
}

TEST(Validation, NamesTheBoundThatWasNotKept) {
  EXPECT_EQ(Complaint("tpe", {"n_ei_candidates", "0"}),
            "n_ei_candidates should be great than zero");
  EXPECT_THAT(Complaint("tpe", {"random_state", "9223372036854775807"}),
              AllOf(HasSubstr("at most 9223372036854774784"), Not(HasSubstr("great"))));
  EXPECT_THAT(Complaint("tpe", {"n_startup_trials", "1e10"}), HasSubstr("at most 1000000000"));
  EXPECT_THAT(Complaint("tpe", {"random_state", "1.5"}), HasSubstr("must be an integer"));
  EXPECT_EQ(Complaint("tpe", {"random_state", "-1"}),
            "random_state should be great or equal than zero");
}

TEST(Validation, RefusesAResourceThatIsNoParameter) {
  const std::vector<Setting> misspelt = {{"r_l", "9"}, {"resource_name", "epoch"}};
  const std::vector<Setting> right = {{"r_l", "9"}, {"resource_name", "epochs"}};
  for (const char* const algorithm : {"asha", "bohb", "hyperband"}) {
    EXPECT_THAT(Complaint(AnExperiment(algorithm, misspelt)),
                AllOf(HasSubstr("resource_name must name a parameter"), HasSubstr("\"epochs\"")))
        << algorithm;
    EXPECT_EQ(Complaint(AnExperiment(algorithm, right)), "") << algorithm;
  }
}

TEST(Validation, AcceptsWhereKatibsHyperbandStands) {
  std::vector<Setting> settings = {{"r_l", "9"}, {"resource_name", "epochs"}, {"eta", "3"}};
  for (const char* const name : {"s_max", "b_l", "r", "n", "current_i", "evaluating_trials"}) {
    settings.push_back({name, "2"});
  }
  settings.push_back({"current_s", "-1"});

  EXPECT_EQ(Complaint(AnExperiment("hyperband", settings)), "");
}

Experiment AnArchitecture(const std::string& algorithm) {
  Experiment experiment = AnExperiment(algorithm, {});
  const ParameterSpec size{
      "filter_size", ParameterType::kCategorical, {"", "", "", {"3"}, Distribution::kUniform}};
  experiment.spec.parameters.clear();
  experiment.spec.nas_config = NasConfig{3, {32, 32, 3}, {10}, {{"avg_pooling", {size}}}};
  return experiment;
}

TEST(Validation, RefusesOperationsWithoutTypeOrParameters) {
  for (const char* const algorithm : {"darts", "enas", "tpe"}) {
    Experiment experiment = AnArchitecture(algorithm);
    EXPECT_EQ(Complaint(experiment), "") << algorithm;

    experiment.spec.nas_config->operations[0].type = "";
    EXPECT_THAT(Complaint(experiment), HasSubstr("operations[0].operationType")) << algorithm;

    experiment = AnArchitecture(algorithm);
    experiment.spec.nas_config->operations[0].parameters.clear();
    EXPECT_THAT(Complaint(experiment), HasSubstr("operations[0].parameters")) << algorithm;
  }
}

TEST(Validation, AcceptsASkipConnectionOfDarts) {
  Experiment experiment = AnArchitecture("darts");
  experiment.spec.nas_config->operations.push_back({"skip_connection", {}});

  EXPECT_EQ(Complaint(experiment), "");
}

}  // namespace
}  // namespace hone::suggestion
