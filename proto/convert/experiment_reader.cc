// Reads kind Experiment from its tree.
#include <utility>

#include "proto/convert/field_reader.h"
#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"

namespace hone::proto {
namespace {

using Type = FieldError::Type;

// An object that is kept as JSON text; "" if absent. Other values are kept too: their user reports
// what is wrong with them.
std::string ReadObjectText(FieldReader& reader, std::string_view key) {
  const Json* value = reader.Find(key);
  return value == nullptr ? "" : WriteJson(*value);
}

// A list under `distribution`: Katib's Python SDK sends one for a categorical parameter.
void ReadDistribution(FieldReader& reader, FeasibleSpace& space) {
  const Json* value = reader.Find("distribution");
  if (value == nullptr || !value->is_array()) {
    space.distribution = reader.Word<Distribution>("distribution");
    return;
  }
  if (!space.list.empty()) {
    reader.Report(Type::kInvalid, "distribution", "", "must be a string, not a second list");
    return;
  }
  space.list = reader.Literals("distribution").value_or(std::vector<std::string>{});
  reader.Report(
      Type::kUnknownField, "distribution", "", "a list here is taken as feasibleSpace.list");
}

FeasibleSpace ReadFeasibleSpace(FieldReader& reader) {
  FeasibleSpace space;
  space.min = reader.Literal("min");
  space.max = reader.Literal("max");
  space.step = reader.Literal("step");
  space.list = reader.Literals("list").value_or(std::vector<std::string>{});
  ReadDistribution(reader, space);
  reader.Finish();
  return space;
}

ParameterSpec ReadParameter(FieldReader& reader) {
  ParameterSpec parameter;
  parameter.name = reader.Text("name");
  parameter.type = reader.Word<ParameterType>("parameterType");
  if (std::optional<FieldReader> space = reader.Object("feasibleSpace")) {
    parameter.feasible_space = ReadFeasibleSpace(*space);
  }
  if (std::optional<FieldReader> condition = reader.Object("activeWhen")) {
    parameter.active_when = {condition->Text("parent"),
                             condition->Literals("values").value_or(std::vector<std::string>{})};
    condition->Finish();
  }
  return parameter;
}

std::vector<ParameterSpec> ReadParameters(FieldReader& reader) {
  return reader.Objects("parameters", ReadParameter).value_or(std::vector<ParameterSpec>{});
}

NamedStrategy ReadStrategy(FieldReader& reader) {
  return {.name = reader.Text("name"), .strategy = reader.Word<MetricStrategy>("value")};
}

Objective ReadObjective(FieldReader& reader) {
  Objective objective;
  objective.type = reader.Word<ObjectiveType>("type");
  objective.goal = reader.Number("goal");
  objective.metric_name = reader.Text("objectiveMetricName");
  objective.additional_metric_names =
      reader.Texts("additionalMetricNames").value_or(std::vector<std::string>{});
  objective.metric_strategies =
      reader.Objects("metricStrategies", ReadStrategy).value_or(std::vector<NamedStrategy>{});
  reader.Finish();
  return objective;
}

Setting ReadSetting(FieldReader& reader) {
  return {.name = reader.Text("name"), .value = reader.Literal("value")};
}

AlgorithmSpec ReadAlgorithm(FieldReader& reader) {
  AlgorithmSpec algorithm;
  algorithm.name = reader.Text("algorithmName");
  algorithm.settings =
      reader.Objects("algorithmSettings", ReadSetting).value_or(std::vector<Setting>{});
  reader.Finish();
  return algorithm;
}

// Reads an httpGet; its port is an int or the name of a container's port.
MetricsCollectorSpec::HttpGet ReadHttpGet(FieldReader& reader) {
  MetricsCollectorSpec::HttpGet get;
  get.path = reader.Text("path");
  get.port = reader.Literal("port");
  get.host = reader.Text("host");
  get.scheme = reader.Text("scheme");
  reader.Finish();
  return get;
}

MetricsCollectorSpec::FileSystemPath ReadFileSystemPath(FieldReader& reader) {
  MetricsCollectorSpec::FileSystemPath path;
  path.path = reader.Text("path");
  path.kind = reader.Word<PathKind>("kind");
  path.format = reader.Word<MetricsFormat>("format", Type::kRequired);
  reader.Finish();
  return path;
}

void ReadSource(FieldReader& reader, MetricsCollectorSpec& collector) {
  if (std::optional<FieldReader> get = reader.Object("httpGet")) {
    collector.http_get = ReadHttpGet(*get);
  }
  if (std::optional<FieldReader> path = reader.Object("fileSystemPath")) {
    collector.file_system_path = ReadFileSystemPath(*path);
  }
  if (std::optional<FieldReader> filter = reader.Object("filter")) {
    collector.metrics_format = filter->Texts("metricsFormat").value_or(std::vector<std::string>{});
    filter->Finish();
  }
  reader.Finish();
}

MetricsCollectorSpec ReadMetricsCollector(FieldReader& reader) {
  MetricsCollectorSpec spec;
  if (std::optional<FieldReader> collector = reader.Object("collector")) {
    spec.kind = collector->Word<CollectorKind>("kind");
    spec.custom_collector = ReadObjectText(*collector, "customCollector");
    collector->Finish();
  }
  if (std::optional<FieldReader> source = reader.Object("source")) {
    ReadSource(*source, spec);
  }
  reader.Finish();
  return spec;
}

Operation ReadOperation(FieldReader& reader) {
  return {.type = reader.Text("operationType"), .parameters = ReadParameters(reader)};
}

NasConfig ReadNasConfig(FieldReader& reader) {
  NasConfig nas;
  if (std::optional<FieldReader> graph = reader.Object("graphConfig")) {
    nas.num_layers = graph->Integer("numLayers");
    nas.input_sizes = graph->Integers("inputSizes").value_or(std::vector<std::int32_t>{});
    nas.output_sizes = graph->Integers("outputSizes").value_or(std::vector<std::int32_t>{});
    graph->Finish();
  }
  nas.operations = reader.Objects("operations", ReadOperation).value_or(std::vector<Operation>{});
  reader.Finish();
  return nas;
}

TrialParameter ReadTrialParameter(FieldReader& reader) {
  TrialParameter parameter;
  parameter.name = reader.Text("name");
  parameter.description = reader.Text("description");
  parameter.reference = reader.Text("reference");
  return parameter;
}

ConfigMapSource ReadConfigMap(FieldReader& reader) {
  ConfigMapSource source;
  source.name = reader.Text("configMapName");
  source.ns = reader.Text("configMapNamespace");
  source.template_path = reader.Text("templatePath");
  reader.Finish();
  return source;
}

TrialTemplate ReadTrialTemplate(FieldReader& reader) {
  TrialTemplate result;
  result.retain = reader.Bool("retain");
  result.trial_spec = ReadObjectText(reader, "trialSpec");
  if (std::optional<FieldReader> source = reader.Object("configMap")) {
    result.config_map = ReadConfigMap(*source);
  }
  result.trial_parameters = reader.Objects("trialParameters", ReadTrialParameter);
  result.primary_pod_labels = reader.TextMap("primaryPodLabels");
  result.primary_container_name = reader.Text("primaryContainerName");
  result.success_condition = reader.Text("successCondition");
  result.failure_condition = reader.Text("failureCondition");
  reader.Finish();
  return result;
}

ExperimentSpec ReadSpecFields(FieldReader& reader) {
  ExperimentSpec spec;
  spec.parameters = ReadParameters(reader);
  if (std::optional<FieldReader> objective = reader.Object("objective")) {
    spec.objective = ReadObjective(*objective);
  }
  if (std::optional<FieldReader> algorithm = reader.Object("algorithm")) {
    spec.algorithm = ReadAlgorithm(*algorithm);
  }
  if (std::optional<FieldReader> stopping = reader.Object("earlyStopping")) {
    spec.early_stopping = ReadAlgorithm(*stopping);
  }
  spec.parallel_trial_count = reader.Integer("parallelTrialCount");
  spec.max_trial_count = reader.Integer("maxTrialCount");
  spec.max_failed_trial_count = reader.Integer("maxFailedTrialCount");
  spec.max_duration_seconds = reader.Integer("maxDurationSeconds");
  spec.resume_policy = reader.Word<ResumePolicy>("resumePolicy");
  if (std::optional<FieldReader> collector = reader.Object("metricsCollectorSpec")) {
    spec.metrics_collector = ReadMetricsCollector(*collector);
  }
  if (std::optional<FieldReader> nas = reader.Object("nasConfig")) {
    spec.nas_config = ReadNasConfig(*nas);
  }
  if (std::optional<FieldReader> trial_template = reader.Object("trialTemplate")) {
    spec.trial_template = ReadTrialTemplate(*trial_template);
  }
  spec.suspend = reader.Bool("suspend");
  reader.Finish();
  return spec;
}

void CheckKind(FieldReader& reader) {
  const std::string api_version = reader.Text("apiVersion");
  if (api_version != "kubeflow.org/v1beta1") {
    reader.Report(api_version.empty() ? Type::kRequired : Type::kNotSupported,
                  "apiVersion",
                  api_version,
                  "must be kubeflow.org/v1beta1");
  }
  const std::string kind = reader.Text("kind");
  if (kind != "Experiment") {
    reader.Report(
        kind.empty() ? Type::kRequired : Type::kNotSupported, "kind", kind, "must be Experiment");
  }
}

void ReadMetadata(FieldReader& reader, Experiment& experiment) {
  experiment.key.name = reader.Text("name");
  if (std::string ns = reader.Text("namespace"); !ns.empty()) {
    experiment.key.ns = std::move(ns);
  }
  if (!reader.Text("generateName").empty() && experiment.key.name.empty()) {
    reader.Report(Type::kUnknownField, "generateName", "", "no name is made from it; give a name");
  }
  experiment.uid = reader.Text("uid");
  experiment.labels = reader.TextMap("labels");
  experiment.annotations = reader.TextMap("annotations");
  experiment.created = reader.Instant("creationTimestamp");
  // Fields that a server wrote, in a manifest that was exported from it.
  reader.Ignore({"generation",
                 "resourceVersion",
                 "managedFields",
                 "finalizers",
                 "ownerReferences",
                 "deletionTimestamp",
                 "deletionGracePeriodSeconds",
                 "selfLink"});
  reader.Finish();
}

}  // namespace

Experiment ReadExperiment(const Json& tree, FieldErrors& errors, const WrittenScalars& written) {
  Experiment experiment;
  FieldReader reader(tree, "", errors, &written);
  if (!tree.is_object()) {
    return experiment;
  }
  CheckKind(reader);
  if (std::optional<FieldReader> metadata = reader.Object("metadata")) {
    ReadMetadata(*metadata, experiment);
  }
  if (std::optional<FieldReader> spec = reader.Object("spec")) {
    experiment.spec = ReadSpecFields(*spec);
  } else {
    reader.Report(Type::kRequired, "spec", "", "an experiment needs a spec");
  }
  reader.Ignore({"status"});
  reader.Finish();
  return experiment;
}

Result<ExperimentSpec> ReadSpec(const Json& tree) {
  FieldErrors errors;
  FieldReader reader(tree, "spec", errors);
  ExperimentSpec spec = ReadSpecFields(reader);
  for (const FieldError& error : errors) {
    if (!error.IsWarning()) {
      return Fail(Code::kDataLoss, "reading a stored spec: " + error.ToString());
    }
  }
  return spec;
}

}  // namespace hone::proto
