// Shared by the workload tests: experiments around a trialSpec that is written as YAML.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "controller/workload/render.h"
#include "proto/convert/document.h"
#include "proto/model/experiment.h"

namespace hone::controller {

inline proto::Json FromYaml(const std::string& text) {
  auto documents = proto::ReadYaml(text);
  EXPECT_TRUE(documents.has_value()) << (documents ? "" : documents.error().message);
  return documents && !documents->empty() ? documents->front().value : proto::Json();
}

/// Every trial parameter has the same name as its reference.
inline Experiment AnExperiment(const std::string& trial_spec,
                               const std::string& primary,
                               const std::vector<std::string>& parameters = {"lr"}) {
  Experiment experiment;
  experiment.key = {.ns = "team", .name = "tune"};
  experiment.spec.objective.emplace().metric_name = "loss";
  TrialTemplate& source = experiment.spec.trial_template.emplace();
  source.trial_spec = proto::WriteJson(FromYaml(trial_spec));
  source.primary_container_name = primary;
  source.trial_parameters.emplace();
  for (const std::string& name : parameters) {
    source.trial_parameters->push_back({.name = name, .description = "", .reference = name});
  }
  return experiment;
}

/// A Job whose only container, "main", is `container`: fields at an indentation of 8.
inline std::string AJob(const std::string& container, const std::string& more = "") {
  return "apiVersion: batch/v1\n"
         "kind: Job\n"
         "spec:\n"
         "  template:\n"
         "    spec:\n"
         "      containers:\n"
         "      - name: main\n" +
         container + more;
}

inline Trial ATrial(Assignments assignments = {{"lr", "0.01"}}) {
  Trial trial;
  trial.experiment = {.ns = "team", .name = "tune"};
  trial.ordinal = 7;
  trial.attempt = 2;
  trial.assignments = std::move(assignments);
  return trial;
}

inline Workload RenderOrFail(const Experiment& experiment, const Trial& trial) {
  FieldErrors errors;
  const auto made = WorkloadTemplate::Make(experiment, errors);
  for (const FieldError& error : errors) {
    ADD_FAILURE() << error.field << ": " << error.message;
  }
  if (made == nullptr) {
    ADD_FAILURE() << "there is no template";
    return {};
  }
  auto workload = made->Render(trial);
  EXPECT_TRUE(workload.has_value()) << (workload ? "" : workload.error().message);
  return workload ? std::move(*workload) : Workload{};
}

/// The faults of a template; there must be at least one.
inline FieldErrors FaultsOf(const Experiment& experiment) {
  FieldErrors errors;
  EXPECT_EQ(WorkloadTemplate::Make(experiment, errors), nullptr);
  EXPECT_FALSE(errors.empty());
  return errors;
}

}  // namespace hone::controller
