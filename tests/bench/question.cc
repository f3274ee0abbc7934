#include "tests/bench/question.h"

#include <utility>

namespace hone::bench {
namespace {

namespace api = ::api::v1::beta1;

constexpr int kParameters = 10;

}  // namespace

Dialog::Dialog(const std::string& algorithm, const std::string& experiment) {
  request_.mutable_experiment()->set_name(experiment);
  api::ExperimentSpec& spec = *request_.mutable_experiment()->mutable_spec();
  spec.mutable_algorithm()->set_algorithm_name(algorithm);
  spec.mutable_objective()->set_type(api::MINIMIZE);
  spec.mutable_objective()->set_objective_metric_name("loss");
  for (int i = 0; i < kParameters; ++i) {
    api::ParameterSpec& parameter = *spec.mutable_parameter_specs()->add_parameters();
    parameter.set_name("parameter-" + std::to_string(i));
    parameter.set_parameter_type(api::DOUBLE);
    parameter.mutable_feasible_space()->set_min("0");
    parameter.mutable_feasible_space()->set_max("1");
  }
}

std::string Dialog::Ask(int count) {
  request_.set_current_request_number(count);
  request_.set_total_request_number(trials() + count);
  return request_.SerializeAsString();
}

void Dialog::Take(const std::string& answer) {
  api::GetSuggestionsReply reply;
  reply.ParseFromString(answer);
  for (auto& one : *reply.mutable_parameter_assignments()) {
    api::Trial& trial = *request_.add_trials();
    trial.set_name(request_.experiment().name() + "-" + std::to_string(trials()));
    double loss = 0;
    for (const auto& assignment : one.assignments()) {
      const double off = std::stod(assignment.value()) - 0.4;
      loss += off * off;
    }
    *trial.mutable_spec()->mutable_parameter_assignments()->mutable_assignments() =
        std::move(*one.mutable_assignments());
    *trial.mutable_spec()->mutable_labels() = one.labels();
    *trial.mutable_spec()->mutable_objective() = request_.experiment().spec().objective();
    trial.mutable_status()->set_condition(api::TrialStatus::SUCCEEDED);
    trial.mutable_status()->set_start_time("2026-01-01T00:00:00Z");
    api::Metric& metric = *trial.mutable_status()->mutable_observation()->add_metrics();
    metric.set_name("loss");
    metric.set_value(std::to_string(loss));
  }
}

}  // namespace hone::bench
