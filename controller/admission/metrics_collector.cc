#include <charconv>
#include <string>

#include "controller/admission/checks.h"
#include "metrics-collector/parse/line_parser.h"
#include "proto/convert/field_reader.h"

namespace hone::controller {
namespace {

using Type = FieldError::Type;
using FileSystemPath = MetricsCollectorSpec::FileSystemPath;

constexpr const char* kSource = "spec.metricsCollectorSpec.source";
constexpr const char* kCollector = "spec.metricsCollectorSpec.collector";

std::string Source(const char* child) {
  return std::string(kSource) + child;
}
std::string Collector(const char* child) {
  return std::string(kCollector) + child;
}

bool IsAbsolute(const FileSystemPath& path) {
  return path.path.starts_with('/');
}

void CheckFile(const MetricsCollectorSpec& collector, FieldErrors& errors) {
  const FileSystemPath path = collector.file_system_path.value_or(FileSystemPath{});
  if (path.kind != PathKind::kFile || !IsAbsolute(path)) {
    errors.push_back({Type::kRequired,
                      Source(".fileSystemPath.path"),
                      path.path,
                      "collector File needs the absolute path of a file, and kind File"});
  }
  if (path.format == MetricsFormat::kUnset) {
    errors.push_back({Type::kRequired,
                      Source(".fileSystemPath.format"),
                      "",
                      "must be " + proto::JoinWords(WordsOf<MetricsFormat>())});
  }
}

void CheckEvents(const MetricsCollectorSpec& collector, FieldErrors& errors) {
  const FileSystemPath path = collector.file_system_path.value_or(FileSystemPath{});
  if (path.kind != PathKind::kDirectory || !IsAbsolute(path)) {
    errors.push_back({Type::kRequired,
                      kSource,
                      path.path,
                      "collector TensorFlowEvent needs a fileSystemPath with an absolute path and "
                      "kind Directory"});
  }
  if (path.format != MetricsFormat::kUnset) {
    errors.push_back({Type::kInvalid,
                      Source(".fileSystemPath.format"),
                      std::string(ToText(path.format)),
                      "event files have a format of their own; leave it out"});
  }
}

bool IsPort(const std::string& text) {
  int port = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && rest == end && port > 0;
}

void CheckPrometheus(const MetricsCollectorSpec& collector, FieldErrors& errors) {
  const auto get = collector.http_get.value_or(MetricsCollectorSpec::HttpGet{});
  if (!IsPort(get.port)) {
    errors.push_back(
        {Type::kInvalid, Source(".httpGet.port"), get.port, "must be a positive whole number"});
  }
  if (!get.path.starts_with('/')) {
    errors.push_back({Type::kInvalid, Source(".httpGet.path"), get.path, "must begin with \"/\""});
  }
}

void CheckCustom(const MetricsCollectorSpec& collector, FieldErrors& errors) {
  constexpr const char* kNeedsContainer = "collector Custom needs a container";
  if (collector.custom_collector.empty()) {
    errors.push_back({Type::kRequired, Collector(".customCollector"), "", kNeedsContainer});
  } else if (!collector.custom_collector.starts_with('{')) {
    errors.push_back({Type::kInvalid, Collector(".customCollector"), "", kNeedsContainer});
  }
  const std::optional<FileSystemPath>& path = collector.file_system_path;
  const bool is_sound =
      !path ||
      (IsAbsolute(*path) && (path->kind == PathKind::kFile || path->kind == PathKind::kDirectory));
  if (!is_sound) {
    errors.push_back({Type::kInvalid,
                      Source(".fileSystemPath"),
                      path->path,
                      "needs an absolute path and kind File or Directory"});
  }
}

// For every kind of collector: a filter that does not compile would match nothing.
void CheckFilters(const MetricsCollectorSpec& collector, FieldErrors& errors) {
  if (!collector.metrics_format) {
    return;
  }
  const FileSystemPath path = collector.file_system_path.value_or(FileSystemPath{});
  if (path.format != MetricsFormat::kText && path.format != MetricsFormat::kUnset) {
    errors.push_back({Type::kInvalid,
                      Source(".filter"),
                      "",
                      "is for format TEXT; " + std::string(ToText(path.format)) +
                          " says itself how metrics are written"});
  }
  for (const std::string& filter : *collector.metrics_format) {
    if (const Status status = metrics::CheckFilter(filter); !status) {
      errors.push_back(
          {Type::kInvalid, Source(".filter.metricsFormat"), filter, status.error().message});
    }
  }
}

}  // namespace

void CheckMetricsCollector(const MetricsCollectorSpec& collector, FieldErrors& errors) {
  switch (collector.kind) {
    case CollectorKind::kFile:
      CheckFile(collector, errors);
      break;
    case CollectorKind::kTensorFlowEvent:
      CheckEvents(collector, errors);
      break;
    case CollectorKind::kPrometheusMetric:
      CheckPrometheus(collector, errors);
      break;
    case CollectorKind::kCustom:
      CheckCustom(collector, errors);
      break;
    case CollectorKind::kStdOut:
    case CollectorKind::kPush:
      break;
    case CollectorKind::kUnset:
      errors.push_back({Type::kInvalid,
                        Collector(".kind"),
                        "",
                        "must be StdOut, File, TensorFlowEvent, PrometheusMetric, Custom or Push"});
      break;
  }
  CheckFilters(collector, errors);
}

}  // namespace hone::controller
