#include "db/store/observation_logs.h"

namespace hone::db {

std::string LogKey::ToString() const {
  const bool is_short = ns == LogKey().ns && trial.find('/') == std::string::npos;
  return is_short ? trial : ns + "/" + trial;
}

LogKey ParseLogKey(std::string_view trial_name) {
  const std::size_t slash = trial_name.find('/');
  if (slash == std::string_view::npos) {
    return {.trial = std::string(trial_name)};
  }
  return {std::string(trial_name.substr(0, slash)), std::string(trial_name.substr(slash + 1))};
}

}  // namespace hone::db
