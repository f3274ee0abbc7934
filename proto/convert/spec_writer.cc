// Writes an ExperimentSpec as its tree. As in Kubernetes, empty values are left out; an object that
// is present but empty differs from an absent one, and is written.
#include <utility>

#include "proto/convert/field_writer.h"
#include "proto/convert/manifest.h"

namespace hone::proto {
namespace {

// Parses a text made by WriteJson; a text that is not JSON stays visible as a string.
Json ParseObjectText(const std::string& text) {
  Json value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_discarded() ? Json(text) : value;
}

Json WriteParameter(const ParameterSpec& parameter) {
  const FeasibleSpace& space = parameter.feasible_space;
  Json feasible = Json::object();
  PutText(feasible, "min", space.min);
  PutText(feasible, "max", space.max);
  PutText(feasible, "step", space.step);
  PutNonEmpty(feasible, "list", space.list);
  PutText(feasible, "distribution", ToText(space.distribution));
  Json object = Json::object();
  PutText(object, "name", parameter.name);
  PutText(object, "parameterType", ToText(parameter.type));
  PutNonEmpty(object, "feasibleSpace", std::move(feasible));
  if (parameter.active_when) {
    Json condition = Json::object();
    PutText(condition, "parent", parameter.active_when->parent);
    PutNonEmpty(condition, "values", parameter.active_when->values);
    object["activeWhen"] = std::move(condition);
  }
  return object;
}

Json WriteStrategy(const NamedStrategy& strategy) {
  Json object = Json::object();
  PutText(object, "name", strategy.name);
  PutText(object, "value", ToText(strategy.strategy));
  return object;
}

Json WriteSetting(const Setting& setting) {
  return {{"name", setting.name}, {"value", setting.value}};
}

// A port that is a number is written as one.
Json WritePort(const std::string& port) {
  const bool is_number = port.size() < 6 && port.front() != '0' &&
                         port.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? ParseObjectText(port) : Json(port);
}

Json WriteSource(const MetricsCollectorSpec& collector) {
  Json source = Json::object();
  if (collector.http_get) {
    Json get = Json::object();
    PutText(get, "path", collector.http_get->path);
    if (!collector.http_get->port.empty()) {
      get["port"] = WritePort(collector.http_get->port);
    }
    PutText(get, "host", collector.http_get->host);
    PutText(get, "scheme", collector.http_get->scheme);
    source["httpGet"] = std::move(get);
  }
  if (collector.file_system_path) {
    Json path = Json::object();
    PutText(path, "path", collector.file_system_path->path);
    PutText(path, "kind", ToText(collector.file_system_path->kind));
    PutText(path, "format", ToText(collector.file_system_path->format));
    source["fileSystemPath"] = std::move(path);
  }
  if (collector.metrics_format) {
    Json filter = Json::object();
    PutNonEmpty(filter, "metricsFormat", *collector.metrics_format);
    source["filter"] = std::move(filter);
  }
  return source;
}

Json WriteNasConfig(const NasConfig& nas) {
  Json graph = Json::object();
  PutOptional(graph, "numLayers", nas.num_layers);
  PutNonEmpty(graph, "inputSizes", nas.input_sizes);
  PutNonEmpty(graph, "outputSizes", nas.output_sizes);
  Json object = Json::object();
  PutNonEmpty(object, "graphConfig", std::move(graph));
  PutNonEmpty(object, "operations", WriteList(nas.operations, [](const Operation& operation) {
                Json entry = Json::object();
                PutText(entry, "operationType", operation.type);
                PutNonEmpty(entry, "parameters", WriteList(operation.parameters, WriteParameter));
                return entry;
              }));
  return object;
}

Json WriteTrialParameter(const TrialParameter& parameter) {
  Json object = Json::object();
  PutText(object, "name", parameter.name);
  PutText(object, "description", parameter.description);
  PutText(object, "reference", parameter.reference);
  return object;
}

Json WriteTrialTemplate(const TrialTemplate& source) {
  Json object = Json::object();
  if (source.retain) {
    object["retain"] = true;
  }
  if (!source.trial_spec.empty()) {
    object["trialSpec"] = ParseObjectText(source.trial_spec);
  }
  if (source.config_map) {
    Json map = Json::object();
    PutText(map, "configMapName", source.config_map->name);
    PutText(map, "configMapNamespace", source.config_map->ns);
    PutText(map, "templatePath", source.config_map->template_path);
    object["configMap"] = std::move(map);
  }
  if (source.trial_parameters) {
    object["trialParameters"] = WriteList(*source.trial_parameters, WriteTrialParameter);
  }
  PutNonEmpty(object, "primaryPodLabels", Json(source.primary_pod_labels));
  PutText(object, "primaryContainerName", source.primary_container_name);
  PutText(object, "successCondition", source.success_condition);
  PutText(object, "failureCondition", source.failure_condition);
  return object;
}

}  // namespace

Json WriteObjective(const Objective& objective) {
  Json object = Json::object();
  PutText(object, "type", ToText(objective.type));
  PutOptional(object, "goal", objective.goal);
  PutText(object, "objectiveMetricName", objective.metric_name);
  PutNonEmpty(object, "additionalMetricNames", objective.additional_metric_names);
  PutNonEmpty(object, "metricStrategies", WriteList(objective.metric_strategies, WriteStrategy));
  return object;
}

Json WriteAlgorithm(const AlgorithmSpec& algorithm) {
  Json object = Json::object();
  PutText(object, "algorithmName", algorithm.name);
  PutNonEmpty(object, "algorithmSettings", WriteList(algorithm.settings, WriteSetting));
  return object;
}

Json WriteMetricsCollector(const MetricsCollectorSpec& collector) {
  Json hearing = Json::object();
  PutText(hearing, "kind", ToText(collector.kind));
  if (!collector.custom_collector.empty()) {
    hearing["customCollector"] = ParseObjectText(collector.custom_collector);
  }
  Json object = Json::object();
  PutNonEmpty(object, "collector", std::move(hearing));
  PutNonEmpty(object, "source", WriteSource(collector));
  return object;
}

Json WriteSpec(const ExperimentSpec& spec) {
  Json object = Json::object();
  PutNonEmpty(object, "parameters", WriteList(spec.parameters, WriteParameter));
  if (spec.objective) {
    object["objective"] = WriteObjective(*spec.objective);
  }
  if (spec.algorithm) {
    object["algorithm"] = WriteAlgorithm(*spec.algorithm);
  }
  if (spec.early_stopping) {
    object["earlyStopping"] = WriteAlgorithm(*spec.early_stopping);
  }
  PutOptional(object, "parallelTrialCount", spec.parallel_trial_count);
  PutOptional(object, "maxTrialCount", spec.max_trial_count);
  PutOptional(object, "maxFailedTrialCount", spec.max_failed_trial_count);
  PutOptional(object, "maxDurationSeconds", spec.max_duration_seconds);
  PutText(object, "resumePolicy", ToText(spec.resume_policy));
  if (spec.metrics_collector) {
    object["metricsCollectorSpec"] = WriteMetricsCollector(*spec.metrics_collector);
  }
  if (spec.nas_config) {
    object["nasConfig"] = WriteNasConfig(*spec.nas_config);
  }
  if (spec.trial_template) {
    object["trialTemplate"] = WriteTrialTemplate(*spec.trial_template);
  }
  if (spec.suspend) {
    object["suspend"] = true;
  }
  return object;
}

}  // namespace hone::proto
