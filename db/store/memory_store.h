// MemoryStore: a Store in memory only. For tests and simulation; also the shortest complete
// reference of a Store's behaviour. Thread-safe under one mutex.
#pragma once

#include <memory>

#include "db/store/log_retention.h"
#include "db/store/store.h"
#include "proto/core/time.h"

namespace hone::db {

/// `clock` provides the times of changes and must outlive the store.
std::unique_ptr<Store> MakeMemoryStore(const Clock& clock, const LogRetention& retention = {});

}  // namespace hone::db
