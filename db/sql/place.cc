#include "db/sql/place.h"

#include "db/sql/statements.h"
#include "db/store/rejections.h"
#include "proto/model/experiment.h"

namespace hone::db {

Result<Place> ReadPlace(Driver& driver, const ExperimentKey& key) {
  Place place;
  HONE_RETURN_IF_ERROR(
      driver.Query(sql::kReadPlace, {key.ns, key.name}, [&](const Row& row) -> Status {
        place.epoch = static_cast<std::uint64_t>(row.Integer(0));
        place.log = {static_cast<std::uint64_t>(row.Integer(1)),
                     static_cast<std::uint64_t>(row.Integer(2))};
        if (!row.IsNull(3)) {
          place.experiment_id = row.Integer(3);
          place.uid = row.Text(4);
          place.generation = row.Integer(5);
          place.version = row.Integer(6);
          place.last_ordinal = static_cast<std::uint64_t>(row.Integer(7));
        }
        return {};
      }));
  return place;
}

Status CheckIsAsRead(const Place& place, const Experiment& read) {
  if (!place.experiment_id) {
    return NoSuchExperiment(read.key);
  }
  if (place.version != read.version || place.uid != read.uid) {
    return ExperimentMovedOn(read.key, read.version);
  }
  return {};
}

}  // namespace hone::db
