#include "db/store/store.h"

#include "proto/model/experiment.h"

namespace hone::db {

Result<std::vector<Experiment>> Store::ListExperiments(const std::string& ns) {
  return ListExperiments(ns, {"", ""}, SIZE_MAX);
}

}  // namespace hone::db
