// The composition root of the commands: what they need over processes of this machine and a SQLite
// store.
#pragma once

#include "controller/cli/world.h"

namespace hone::controller {

WorldFactory EmbeddedFactory();

}  // namespace hone::controller
