#include "proto/rpc/log.h"

#include <cstdlib>

#include <grpc/support/log.h>

namespace hone::rpc {

void SilenceGrpc() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  static const bool is_wanted = std::getenv("GRPC_VERBOSITY") != nullptr;
  if (!is_wanted) {
    gpr_set_log_function([](gpr_log_func_args*) {});
  }
}

}  // namespace hone::rpc
