#include "controller/workload/manifest_template.h"

#include "controller/workload/trial_values.h"

namespace hone::controller {
namespace {

using proto::Json;

void AppendText(const std::string& text,
                const std::vector<std::string>& names,
                TextTemplate& manifest) {
  const TextTemplate split(text, names);
  manifest.Append("\"");
  for (const TextTemplate::Piece& piece : split.pieces()) {
    manifest.Append(EscapeJson(piece.literal));
    manifest.AppendHole(piece.hole);
  }
  manifest.Append(EscapeJson(split.tail()));
  manifest.Append("\"");
}

/// Recursion is bounded by the depth limit of the JSON reader.
void AppendValue(const Json& value, const std::vector<std::string>& names, TextTemplate& manifest) {
  const char* separator = "";
  if (value.is_string()) {
    AppendText(value.get_ref<const std::string&>(), names, manifest);
  } else if (value.is_object()) {
    manifest.Append("{");
    for (const auto& [key, child] : value.items()) {
      manifest.Append(separator);
      manifest.Append("\"" + EscapeJson(key) + "\":");
      AppendValue(child, names, manifest);
      separator = ",";
    }
    manifest.Append("}");
  } else if (value.is_array()) {
    manifest.Append("[");
    for (const Json& child : value) {
      manifest.Append(separator);
      AppendValue(child, names, manifest);
      separator = ",";
    }
    manifest.Append("]");
  } else {
    manifest.Append(proto::WriteJson(value));
  }
}

}  // namespace

TextTemplate MakeManifest(Json object, const std::vector<std::string>& names) {
  Json& metadata = object["metadata"];
  if (!metadata.is_object()) {
    metadata = Json::object();
  }
  metadata["name"] = kTrialNamePlaceholder;
  metadata["namespace"] = kTrialNamespacePlaceholder;
  TextTemplate manifest;
  AppendValue(object, names, manifest);
  return manifest;
}

std::string EscapeJson(const std::string& text) {
  const std::string quoted = proto::WriteJson(Json(text));
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace hone::controller
