#include "db/sql/store_check.h"

#include <array>
#include <utility>

namespace hone::db {
namespace {

constexpr std::string_view kCountContents =
    "SELECT (SELECT count(*) FROM experiments), (SELECT count(*) FROM trials)";

/// Kinds of orphaned rows, each with a statement that counts them.
constexpr std::pair<const char*, std::string_view> kStrayRows[] = {
    {"experiments without a status",
     "SELECT count(*) FROM experiments WHERE id NOT IN "
     "(SELECT experiment_id FROM experiment_status)"},
    {"statuses without an experiment",
     "SELECT count(*) FROM experiment_status WHERE experiment_id NOT IN "
     "(SELECT id FROM experiments)"},
    {"trials without an experiment",
     "SELECT count(*) FROM trials WHERE experiment_id NOT IN (SELECT id FROM experiments)"},
    {"changes that the store has not numbered",
     "SELECT count(*) FROM changes, store WHERE sequence NOT BETWEEN trimmed_sequence + 1 AND "
     "change_sequence"},
    {"observations without a trial",
     "SELECT count(*) FROM observations o WHERE NOT EXISTS (SELECT 1 FROM trials t "
     "WHERE t.experiment_id = o.experiment_id AND t.ordinal = o.ordinal)"},
};

/// In the order of the columns below.
constexpr std::array<const char*, 8> kCounted = {"",
                                                 " that are pending",
                                                 " that are running",
                                                 " that have succeeded",
                                                 " that have failed",
                                                 " that were killed",
                                                 " that were stopped early",
                                                 " without metrics"};
constexpr int kCounts = static_cast<int>(kCounted.size());

/// The stored counts of each status, the same counted from the trials, and whether the best trial
/// exists. The numbers of states are those of TrialState.
constexpr std::string_view kCompareCounts =
    "SELECT e.ns, e.name, "
    "s.trials_created, s.trials_pending, s.trials_running, s.trials_succeeded, s.trials_failed, "
    "s.trials_killed, s.trials_early_stopped, s.trials_metrics_unavailable, "
    "coalesce(t.created, 0), coalesce(t.pending, 0), coalesce(t.running, 0), "
    "coalesce(t.succeeded, 0), coalesce(t.failed, 0), coalesce(t.killed, 0), "
    "coalesce(t.early_stopped, 0), coalesce(t.metrics_unavailable, 0), "
    "s.optimal_ordinal, "
    "(SELECT count(*) FROM trials b WHERE b.experiment_id = e.id AND b.ordinal = "
    "s.optimal_ordinal) "
    "FROM experiments e JOIN experiment_status s ON s.experiment_id = e.id "
    "LEFT JOIN (SELECT experiment_id, count(*) AS created, "
    "sum(CASE WHEN state = 0 THEN 1 ELSE 0 END) AS pending, "
    "sum(CASE WHEN state = 1 THEN 1 ELSE 0 END) AS running, "
    "sum(CASE WHEN state = 2 THEN 1 ELSE 0 END) AS succeeded, "
    "sum(CASE WHEN state = 3 THEN 1 ELSE 0 END) AS failed, "
    "sum(CASE WHEN state = 4 THEN 1 ELSE 0 END) AS killed, "
    "sum(CASE WHEN state = 5 THEN 1 ELSE 0 END) AS early_stopped, "
    "sum(CASE WHEN state = 6 THEN 1 ELSE 0 END) AS metrics_unavailable "
    "FROM trials GROUP BY experiment_id) t ON t.experiment_id = e.id ORDER BY e.id";
constexpr int kFirstStored = 2;
constexpr int kFirstCounted = kFirstStored + kCounts;
constexpr int kBestOrdinal = kFirstCounted + kCounts;
constexpr int kBestRows = kBestOrdinal + 1;

Status FindStrayRows(Driver& driver, std::vector<std::string>& faults) {
  for (const auto& stray : kStrayRows) {
    HONE_RETURN_IF_ERROR(driver.Query(stray.second, {}, [&](const Row& row) -> Status {
      if (row.Integer(0) > 0) {
        faults.push_back("there are " + std::to_string(row.Integer(0)) + " " + stray.first);
      }
      return {};
    }));
  }
  return {};
}

void CompareCounts(const Row& row, std::vector<std::string>& faults) {
  const std::string subject =
      "experiment " + std::string(row.Text(0)) + "/" + std::string(row.Text(1)) + ": ";
  for (int i = 0; i < kCounts; ++i) {
    const std::int64_t stored = row.Integer(kFirstStored + i);
    const std::int64_t counted = row.Integer(kFirstCounted + i);
    if (stored != counted) {
      faults.push_back(subject + "its status counts " + std::to_string(stored) + " trials" +
                       kCounted[static_cast<std::size_t>(i)] + ", and there are " +
                       std::to_string(counted));
    }
  }
  if (!row.IsNull(kBestOrdinal) && row.Integer(kBestRows) == 0) {
    faults.push_back(subject + "its best trial, number " +
                     std::to_string(row.Integer(kBestOrdinal)) + ", does not exist");
  }
}

}  // namespace

Result<StoreContents> CountContents(Driver& driver) {
  StoreContents contents;
  HONE_RETURN_IF_ERROR(driver.Query(kCountContents, {}, [&](const Row& row) -> Status {
    contents = {row.Integer(0), row.Integer(1)};
    return {};
  }));
  return contents;
}

Result<std::vector<std::string>> FindContradictions(Driver& driver) {
  std::vector<std::string> faults;
  HONE_RETURN_IF_ERROR(FindStrayRows(driver, faults));
  HONE_RETURN_IF_ERROR(driver.Query(kCompareCounts, {}, [&](const Row& row) -> Status {
    CompareCounts(row, faults);
    return {};
  }));
  return faults;
}

}  // namespace hone::db
