// The program hone: prepares the process, builds the factory of the embedded world, and runs one
// command line.
#include <csignal>
#include <cstdio>
#include <exception>

#include <fcntl.h>
#include <unistd.h>

#include "controller/main/embedded.h"

namespace {

// A descriptor below 3 that was closed would otherwise become a file of the store, and what is
// printed would be written into it.
void OpenStandardStreams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) {
      // The lowest free descriptor is `fd`; it stays open until the program ends.
      [[maybe_unused]] const int opened = ::open("/dev/null", O_RDWR);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  OpenStandardStreams();
  // A reader that goes away is an error of write, not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
  // So is a file that may not grow any more (ulimit -f). Trials get the default back.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return hone::controller::RunCommandLine(argc, argv, hone::controller::EmbeddedFactory());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
