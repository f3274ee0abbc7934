// Manifest files: reads and admits the manifests that a user wrote, and finds the place in the file
// for every fault. Reads files; otherwise pure.
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
  /// The name of the file, or of the flag at fault; empty if the message names it.
  std::string file;
  proto::Position position;
  bool is_warning = false;
  /// Empty if the whole document is meant.
  std::string field;
  std::string message;
  std::string found;

  /// "file:line:column: field: message (found ...)"
  [[nodiscard]] std::string ToString() const;
  [[nodiscard]] proto::Json ToJson() const;
};

struct Manifest {
  /// The experiments that were read. They are admitted if `diagnostics` contains no errors.
  std::vector<Experiment> experiments;
  std::vector<Diagnostic> diagnostics;

  [[nodiscard]] std::size_t errors() const;
  [[nodiscard]] std::size_t warnings() const { return diagnostics.size() - errors(); }
};

/// Reads and admits every Experiment of `file` ("-": stdin), changed by `flags`. Fields that cannot
/// run on this machine are faults too. An error is returned only if the file cannot be read at all.
Result<Manifest> LoadManifest(const std::string& file,
                              const InlineFlags& flags,
                              const AlgorithmServices& services);

/// The same for text; diagnostics use `file` as the file's name.
Manifest ReadManifest(const std::string& file,
                      const std::string& text,
                      const InlineFlags& flags = {},
                      const AlgorithmServices& services = {});

/// "3 errors, 1 warning"
std::string CountFaults(std::size_t errors, std::size_t warnings);

}  // namespace hone::controller
