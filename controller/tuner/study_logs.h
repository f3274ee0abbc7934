// StudyLogs: the observations of Hone's own trials, by name, for clients of Katib's DBManager. A
// report on a study's trial is stored like a report of the client that runs it. Any thread.
#pragma once

#include <memory>

#include "controller/tuner/tuner.h"
#include "db/store/observation_logs.h"

namespace hone::controller {

/// A trial is called "<experiment>-<ordinal>". The logs of trials that the store does not know are
/// kept by `others`. Both must outlive it.
std::unique_ptr<db::ObservationLogs> MakeStudyLogs(Tuner& tuner, db::ObservationLogs& others);

/// Ends a trial of a study as one that was stopped early. Its name is that of db::ParseLogKey; the
/// caller needs role write in its namespace.
Status StopTrialEarly(Tuner& tuner, const access::Caller& caller, const std::string& trial);

}  // namespace hone::controller
