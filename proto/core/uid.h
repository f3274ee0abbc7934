// Uids: an experiment's uid differs from that of every other experiment, including earlier ones of
// the same name. Random, from the system; any thread may make one.
#pragma once

#include <string>

namespace hone {

/// A random UUID (RFC 4122, version 4).
std::string MakeUid();

}  // namespace hone
