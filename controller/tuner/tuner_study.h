// TunerStudy: one experiment whose trials are run by clients. They ask for trials and tell what
// became of them; everything is stored before it is answered, and what is held here can be read
// again from the store. The rules are Decide's: what a client tells is the state of a workload.
// Owned by a SharedStudy, under its lock.
//
// kAborted from any method: another process has changed the study; after Load() the same call will
// do. After any error of the store, Load() comes before the next call.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "controller/reconcile/held_experiment.h"
#include "controller/tuner/reported_rows.h"
#include "controller/tuner/trial_outcome.h"
#include "db/store/store.h"
#include "proto/model/experiment.h"
#include "suggestion/suggester.h"

namespace hone::controller {

/// The label of a trial that says which client runs it.
inline constexpr const char* kClientLabel = "hone.dev/client";

enum class StudyState { kRunning, kSuspended, kSucceeded, kFailed };
[[nodiscard]] StudyState StateOf(const Experiment& experiment);
/// The newest condition, in words.
[[nodiscard]] std::string MessageOf(const Experiment& experiment);

/// kFailedPrecondition if it has a template, by which hone runs its trials itself.
[[nodiscard]] Status CheckIsStudy(const Experiment& experiment);

/// What a client that asks is given.
struct Asked {
  /// Empty only if the study is not running.
  std::vector<Trial> trials;
  StudyState state = StudyState::kRunning;
  std::string message;
};

/// In what a study lives.
struct TunerWorld {
  db::Store& store;
  const Clock& clock;
  /// Under which this process commits.
  std::uint64_t epoch = 0;
};

class TunerStudy {
 public:
  /// Load() comes before everything else.
  TunerStudy(const TunerWorld& world,
             ExperimentKey key,
             std::unique_ptr<suggestion::Suggester> suggester);

  /// Reads the study.
  [[nodiscard]] Status Load();
  /// The same if another process has changed it.
  [[nodiscard]] Status Refresh();
  /// False after an error of the store, and if an experiment with a template has taken its name.
  [[nodiscard]] bool is_loaded() const {
    return held_.is_loaded() && held_.experiment().IsStudy();
  }
  [[nodiscard]] const Experiment& experiment() const { return held_.experiment(); }

  /// The trials that `client` has not told yet, and new ones up to `count`. Nothing if the client
  /// has to wait until something changes.
  [[nodiscard]] Result<std::optional<Asked>> Ask(const std::string& client, std::size_t count);
  /// Ends a trial. The same words again change nothing; others are kFailedPrecondition.
  [[nodiscard]] Result<Trial> Tell(std::uint64_t ordinal, const TrialOutcome& outcome);
  /// Stores what a running trial has reached at a step, unless it is known. The reason why it need
  /// not go on, if there is one.
  [[nodiscard]] Result<std::optional<std::string>> Report(std::uint64_t ordinal,
                                                          std::int64_t step,
                                                          const MetricValues& metrics);
  /// Stores rows of a running trial, whose steps follow from their order.
  [[nodiscard]] Status Append(std::uint64_t ordinal, std::span<const Observation> rows);
  /// How many rows a running trial has.
  [[nodiscard]] Result<std::uint64_t> CountRows(std::uint64_t ordinal);
  /// Ends a running trial as one that was stopped early. Again changes nothing.
  [[nodiscard]] Status StopEarly(std::uint64_t ordinal);

 private:
  [[nodiscard]] Status CheckMetrics(const MetricValues& metrics) const;
  [[nodiscard]] std::vector<Trial> TrialsOf(const std::string& client, std::size_t count) const;
  [[nodiscard]] Status CreateTrials(const std::string& client, std::size_t count);

  /// Null if the trial has ended, or never was.
  [[nodiscard]] const ActiveTrial* FindActive(std::uint64_t ordinal) const;
  [[nodiscard]] Result<const ActiveTrial*> FindRunning(std::uint64_t ordinal) const;
  [[nodiscard]] Result<Trial> Stored(std::uint64_t ordinal) const;
  [[nodiscard]] Result<ReportedRows*> RowsOf(const ActiveTrial& active);
  /// Rows for the metrics of a trial: at `step`, or each at its metric's next.
  [[nodiscard]] Result<std::vector<Observation>> MakeRows(const ActiveTrial& active,
                                                          std::optional<std::int64_t> step,
                                                          const MetricValues& metrics);
  /// Stores rows of a running trial, and lets the stopping rule judge them.
  [[nodiscard]] Status Keep(const ActiveTrial& active, const std::vector<Observation>& rows);
  [[nodiscard]] Result<Trial> End(const ActiveTrial& active,
                                  const TrialOutcome& outcome,
                                  std::optional<EarlyStop> early_stop);
  [[nodiscard]] ExperimentView View(std::optional<std::int64_t> asked) const;
  [[nodiscard]] Status Commit(db::Transition& transition);
  /// Which client a trial belongs to, and which rows it has reported.
  void Apply(const Trial& trial);

  TunerWorld world_;
  std::unique_ptr<suggestion::Suggester> suggester_;
  HeldExperiment held_;
  /// The running trials of each client.
  std::map<std::string, std::set<std::uint64_t>> clients_;
  /// Of running trials that have reported since the study was read.
  std::map<std::uint64_t, ReportedRows> rows_;
};

}  // namespace hone::controller
