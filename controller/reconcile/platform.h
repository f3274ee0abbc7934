// Platform: the seams of one world, built in a composition root (controller/main) or a simulation.
// No room knows which world it is in.
#pragma once

#include "controller/workload/runner.h"
#include "db/store/store.h"
#include "proto/core/time.h"
#include "suggestion/suggester.h"

namespace hone::controller {

struct Platform {
  db::Store& store;
  Runner& runner;
  suggestion::Suggester& suggester;
  const Clock& clock;
};

}  // namespace hone::controller
