#include <memory>

#include "controller/cli/manifest_file.h"
#include "controller/cli/query.h"

namespace hone::controller {
namespace {

struct ValidateOptions {
  std::vector<std::string> files;
  std::optional<std::string> output;
};

// Reports a file that cannot be read as one fault among the others.
Manifest Load(const std::string& file, const AlgorithmServices& services) {
  Result<Manifest> manifest = LoadManifest(file, {}, services);
  if (manifest) {
    return std::move(*manifest);
  }
  return {{}, {{file, {}, false, "", manifest.error().message, ""}}};
}

Result<int> Validate(const ValidateOptions& options, const Session& session) {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  proto::Json list = proto::Json::array();
  const Format format = FormatOf(options.output);
  for (const std::string& file : options.files) {
    const Manifest manifest = Load(file, session.services);
    errors += manifest.errors();
    warnings += manifest.warnings();
    for (const Diagnostic& diagnostic : manifest.diagnostics) {
      if (format == Format::kTable) {
        session.output.Write(diagnostic.ToString() + "\n");
      } else {
        list.push_back(diagnostic.ToJson());
      }
    }
  }
  if (format != Format::kTable) {
    PrintTree(session, list, format);
  }
  session.output.Note(errors + warnings == 0 ? "valid" : CountFaults(errors, warnings));
  return errors == 0 ? kExitOk : kExitFailure;
}

}  // namespace

Command MakeValidateCommand() {
  auto options = std::make_shared<ValidateOptions>();
  Command command;
  command.name = "validate";
  command.summary = "Check manifests without running them: every fault with file, line and column";
  command.examples = {{"check two files", "hone validate a.yaml b.yaml"},
                      {"for an editor or CI", "hone validate -o json experiment.yaml"}};
  command.positionals = {{"FILE...", &options->files, {}, Completes::kFile}};
  command.flags = {OutputFlag(&options->output, {"table", "json", "yaml"})};
  command.run = [options](Session& session) {
    return Validate(*options, session);
  };
  return command;
}

}  // namespace hone::controller
