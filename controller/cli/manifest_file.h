// Manifest files: what a person wrote, read and admitted, with every fault at its place in the
// file. Reads files; otherwise pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/cli/inline_experiment.h"
#include "proto/convert/document.h"
#include "proto/core/result.h"
#include "proto/model/algorithm_service.h"
#include "proto/model/experiment.h"
#include "proto/model/field_error.h"

namespace hone::controller {

/// One fault, for a person or an editor.
struct Diagnostic {
  /// Or the flag that is at fault; empty if the message names it.
  std::string file;
  proto::Position position;
  bool is_warning = false;
  /// May be empty: then the whole document is meant.
  std::string field;
  std::string message;
  std::string found;

  /// "file:line:column: field: message (found ...)"
  [[nodiscard]] std::string ToString() const;
  [[nodiscard]] proto::Json ToJson() const;
};

struct Manifest {
  /// Admitted, unless there are errors among the diagnostics.
  std::vector<Experiment> experiments;
  std::vector<Diagnostic> diagnostics;

  [[nodiscard]] std::size_t errors() const;
  [[nodiscard]] std::size_t warnings() const { return diagnostics.size() - errors(); }
};

/// Reads and admits every Experiment of `file` ("-": stdin), changed by `flags`; what cannot run on
/// this machine is a fault too. An error only if the file cannot be read at all.
Result<Manifest> LoadManifest(const std::string& file,
                              const InlineFlags& flags,
                              const AlgorithmServices& services);

/// The same for text; `file` is what diagnostics call it.
Manifest ReadManifest(const std::string& file,
                      const std::string& text,
                      const InlineFlags& flags = {},
                      const AlgorithmServices& services = {});

/// "3 errors, 1 warning"
std::string CountFaults(std::size_t errors, std::size_t warnings);

}  // namespace hone::controller
