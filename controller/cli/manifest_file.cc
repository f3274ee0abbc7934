#include "controller/cli/manifest_file.h"

#include <algorithm>
#include <charconv>

#include "controller/admission/admission.h"
#include "controller/cli/manifest_flags.h"
#include "controller/cli/names.h"
#include "controller/cli/runnable.h"
#include "controller/cli/text.h"
#include "controller/cli/text_file.h"
#include "controller/workload/tree.h"

namespace hone::controller {
namespace {

constexpr std::size_t kSuffixLength = 5;

int TakeNumber(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto length = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || length >= text.size() || text[length] != ':') {
    return 0;
  }
  text.remove_prefix(length + 1);
  return number;
}

// The fault of a text that is not valid YAML: the error's message begins with "line:column: ".
Diagnostic SyntaxFault(const std::string& file, const Error& error) {
  std::string_view message = error.message;
  Diagnostic fault;
  fault.file = file;
  fault.position.line = TakeNumber(message);
  fault.position.column = fault.position.line > 0 ? TakeNumber(message) : 0;
  message.remove_prefix(std::min(message.find_first_not_of(' '), message.size()));
  fault.message = message;
  return fault;
}

std::string TypeText(FieldError::Type type) {
  switch (type) {
    case FieldError::Type::kRequired:
      return "is required";
    case FieldError::Type::kInvalid:
      return "is invalid";
    case FieldError::Type::kForbidden:
      return "is forbidden";
    case FieldError::Type::kNotSupported:
      return "is not supported";
    case FieldError::Type::kDuplicate:
      return "is given twice";
    case FieldError::Type::kUnknownField:
      return "is not a known field";
  }
  return "";
}

Diagnostic ToDiagnostic(const std::string& file, const FieldError& error) {
  return {file,
          {},
          error.IsWarning(),
          error.field,
          error.message.empty() ? TypeText(error.type) : error.message,
          error.found};
}

/// Makes metadata.name from metadata.generateName, as Kubernetes does.
void GenerateName(proto::Json& tree) {
  const proto::Json& metadata = At(tree, "metadata");
  const proto::Json& prefix = At(metadata, "generateName");
  if (prefix.is_string() && !metadata.contains("name")) {
    tree["metadata"]["name"] = prefix.get<std::string>() + UniqueSuffix(kSuffixLength);
  }
}

std::string KindOf(const proto::Json& tree) {
  const bool has_kind = tree.is_object() && tree.contains("kind") && tree["kind"].is_string();
  return has_kind ? tree["kind"].get<std::string>() : "";
}

// Where the user wrote the faulty value: in a flag, or at a position of the file.
Diagnostic Locate(const FieldError& fault,
                  const std::string& file,
                  const proto::Document& document,
                  const FlagChanges& changes) {
  Diagnostic diagnostic = ToDiagnostic(file, fault);
  if (std::string flag = changes.FlagOf(fault.field); !flag.empty() && !fault.IsWarning()) {
    diagnostic.file = std::move(flag);
    return diagnostic;
  }
  diagnostic.position = document.Find(fault.field);
  if (const auto written = document.written.find(fault.field); written != document.written.end()) {
    diagnostic.found = written->second;
  }
  return diagnostic;
}

void ReadDocument(proto::Document document,
                  const std::string& file,
                  const InlineFlags& flags,
                  const AlgorithmServices& services,
                  Manifest& manifest) {
  if (document.value.is_null()) {
    return;
  }
  const std::string kind = KindOf(document.value);
  // A slip such as "experiment" does not mean another kind of object; admission reports it as a
  // fault of the field.
  if (!kind.empty() && DidYouMean(kind, {"Experiment"}).empty()) {
    manifest.diagnostics.push_back({file,
                                    document.Find("kind"),
                                    true,
                                    "kind",
                                    "is not Experiment: this document is ignored",
                                    kind});
    return;
  }
  FieldErrors faults;
  const FlagChanges changes = ApplyFlags(flags, document.value);
  for (const std::string& fault : changes.faults) {
    manifest.diagnostics.push_back({"", {}, false, "", fault, ""});
  }
  GenerateName(document.value);
  manifest.experiments.push_back(Admit(document.value, faults, services, document.written));
  CheckRunnable(manifest.experiments.back(), faults);
  for (const FieldError& fault : faults) {
    manifest.diagnostics.push_back(Locate(fault, file, document, changes));
  }
}

}  // namespace

std::string Diagnostic::ToString() const {
  std::string text = file;
  if (position.line > 0) {
    text += ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
  }
  text += is_warning ? ": warning: " : text.empty() ? "" : ": ";
  text += field.empty() ? message : field + ": " + message;
  constexpr std::size_t kFoundMax = 80;
  return found.empty() ? text : text + " (found \"" + Truncate(Printable(found), kFoundMax) + "\")";
}

proto::Json Diagnostic::ToJson() const {
  return {{"file", file},
          {"line", position.line},
          {"column", position.column},
          {"severity", is_warning ? "warning" : "error"},
          {"field", field},
          {"message", message},
          {"found", found}};
}

std::size_t Manifest::errors() const {
  return static_cast<std::size_t>(
      std::count_if(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
        return !diagnostic.is_warning;
      }));
}

Result<Manifest> LoadManifest(const std::string& file,
                              const InlineFlags& flags,
                              const AlgorithmServices& services) {
  HONE_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(file));
  return ReadManifest(file == "-" ? "stdin" : file, text, flags, services);
}

Manifest ReadManifest(const std::string& file,
                      const std::string& text,
                      const InlineFlags& flags,
                      const AlgorithmServices& services) {
  Manifest manifest;
  Result<std::vector<proto::Document>> documents = proto::ReadYaml(text);
  if (!documents) {
    manifest.diagnostics.push_back(SyntaxFault(file, documents.error()));
    return manifest;
  }
  for (proto::Document& document : *documents) {
    ReadDocument(std::move(document), file, flags, services, manifest);
  }
  if (manifest.experiments.empty()) {
    manifest.diagnostics.push_back({file, {}, false, "", "there is no Experiment in it", ""});
  }
  std::stable_sort(manifest.diagnostics.begin(),
                   manifest.diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     return std::pair(a.position.line, a.position.column) <
                            std::pair(b.position.line, b.position.column);
                   });
  return manifest;
}

std::string CountFaults(std::size_t errors, std::size_t warnings) {
  std::string text = std::to_string(errors) + (errors == 1 ? " error" : " errors");
  if (warnings > 0) {
    text += ", " + std::to_string(warnings) + (warnings == 1 ? " warning" : " warnings");
  }
  return text;
}

}  // namespace hone::controller
