// Uids: what tells an experiment from every other, also from one that had its name before. Random,
// from the system; any thread may make one.
#pragma once

#include <string>

namespace hone {

/// A random UUID (RFC 4122, version 4).
std::string MakeUid();

}  // namespace hone
