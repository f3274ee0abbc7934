// The composition root of the embedded platform: the commands' World over processes of this
// machine and a SQLite store.
#pragma once

#include "controller/cli/world.h"

namespace hone::controller {

WorldFactory EmbeddedFactory();

}  // namespace hone::controller
