// MetricsCollectorSpec: where a trial's metrics are read from, and their format. A plain value: any
// thread may hold its own copy.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

enum class CollectorKind {
  kUnset,
  kStdOut,
  kFile,
  kTensorFlowEvent,
  kPrometheusMetric,
  kCustom,
  kPush,
};
enum class PathKind { kUnset, kFile, kDirectory, kInvalid };
/// The form of metrics in lines of output: kText and kJson are Katib's, the others are the output
/// of frameworks.
enum class MetricsFormat {
  kUnset,
  kText,
  kJson,
  kKeras,
  kLightning,
  kHuggingFace,
  kXgboost,
  kLightgbm,
  kTqdm,
  kLogfmt,
};

struct MetricsCollectorSpec {
  CollectorKind kind = CollectorKind::kUnset;
  /// Canonical JSON of a core/v1 Container; empty if absent.
  std::string custom_collector;
  struct HttpGet {
    std::string path;
    std::string port;
    std::string host;
    std::string scheme;
    bool operator==(const HttpGet&) const = default;
  };
  std::optional<HttpGet> http_get;
  struct FileSystemPath {
    std::string path;
    PathKind kind = PathKind::kUnset;
    MetricsFormat format = MetricsFormat::kUnset;
    bool operator==(const FileSystemPath&) const = default;
  };
  std::optional<FileSystemPath> file_system_path;
  /// RE2 expressions with two groups, name and value; empty means the default filter.
  std::optional<std::vector<std::string>> metrics_format;
  bool operator==(const MetricsCollectorSpec&) const = default;
};

std::string_view ToText(CollectorKind value);
std::string_view ToText(PathKind value);
std::string_view ToText(MetricsFormat value);

}  // namespace hone
