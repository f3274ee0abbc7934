// Spawn: starts one process the way every trial is started: a process group of its own, no signal
// blocked or ignored, nothing to read, stdout and stderr in a pipe each, and no other descriptor.
// Any thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <sys/types.h>

#include "controller/local/environment.h"
#include "controller/local/file_descriptor.h"
#include "controller/local/run_mark.h"
#include "proto/core/result.h"

namespace hone::controller {

struct SpawnRequest {
  /// The program's path, and its arguments from its own name on.
  std::string program;
  std::vector<std::string> arguments;
  Environment environment;
  /// Empty: ours.
  std::string working_directory;
};

/// A child that its owner has to wait for.
struct Child {
  pid_t pid = 0;
  /// Readable when the process has ended.
  FileDescriptor pidfd;
  /// The ends to read from of the pipes of stdout and stderr; they do not block. Two, since what
  /// is written to stderr may arrive in the middle of a line of a stdout that is buffered.
  std::array<FileDescriptor, 2> outputs;
};

/// `errors` is the pipe of its stderr. Errors: kUnavailable (processes, memory or descriptors are
/// short now); others are final.
Result<Child> Spawn(const SpawnRequest& request, Pipe errors);

}  // namespace hone::controller
