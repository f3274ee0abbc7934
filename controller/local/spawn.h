// Spawn: starts one process as every trial is started: in a process group of its own, no signal
// blocked or ignored, nothing on stdin, stdout and stderr each in a pipe, and no other descriptor.
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
  /// The path of the program, and its arguments starting with its name.
  std::string program;
  std::vector<std::string> arguments;
  Environment environment;
  /// Empty: the folder of this process.
  std::string working_directory;
};

/// A child that its owner has to reap.
struct Child {
  pid_t pid = 0;
  /// Readable when the process has ended.
  FileDescriptor pidfd;
  /// The read ends of the pipes of stdout and stderr; they do not block. There are two, because a
  /// write to stderr may arrive in the middle of a line of a buffered stdout.
  std::array<FileDescriptor, 2> outputs;
};

/// `errors` is the pipe of the child's stderr. Errors: kUnavailable (processes, memory or
/// descriptors are short now); others are final.
Result<Child> Spawn(const SpawnRequest& request, Pipe errors);

}  // namespace hone::controller
