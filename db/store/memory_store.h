// MemoryStore: a Store that forgets everything at its end. For tests and simulation; also the
// shortest full statement of what a Store does. Thread-safe under one mutex.
#pragma once

#include <memory>

#include "db/store/log_retention.h"
#include "db/store/store.h"
#include "proto/core/time.h"

namespace hone::db {

/// `clock` dates the changes and must outlive the store.
std::unique_ptr<Store> MakeMemoryStore(const Clock& clock, const LogRetention& retention = {});

}  // namespace hone::db
