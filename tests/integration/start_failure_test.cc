// Programs that cannot be started, with the real program: the stored state of their trials.
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/sqlite/sqlite_store.h"
#include "proto/model/experiment.h"
#include "tests/integration/program.h"

namespace hone {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

Outcome RunOf(const Sandbox& sandbox, const std::string& more) {
  return sandbox.Shell(
      "chmod +x loader shown; hone --store s.db run --minimize loss --name tune "
      "-p x=uniform:0..1 --algorithm random -n 9 -j 1 " +
      more + " {x}");
}

class StartFailure : public testing::Test {
 protected:
  StartFailure() {
    sandbox_.Write("loader", "#!/no/such/interpreter\n");
    sandbox_.Write("plain", "#!/bin/sh\necho loss=$1\n");
    sandbox_.Write("shown", "#!/bin/sh\necho loss=$1\n");
  }
  std::unique_ptr<db::Store> Stored() {
    return db::OpenSqliteStore(sandbox_.path() / "s.db", db::SqliteAccess::kReadOnly).value();
  }
  /// All trials failed to start with that message, and have no run time.
  void ExpectTrials(std::size_t count, const std::string& message) {
    EXPECT_THAT(Stored()->ListTrials({.experiment = {"default", "tune"}}).value(),
                AllOf(SizeIs(count),
                      Each(AllOf(Field(&Trial::state, TrialState::kFailed),
                                 Field(&Trial::reason, "StartFailed"),
                                 Field(&Trial::message, HasSubstr(message)),
                                 Field(&Trial::run_time, Duration(0))))));
  }

  const Sandbox sandbox_;
};

TEST_F(StartFailure, OfAFileThatIsNotExecutableEndsTheExperimentAfterThreeAlike) {
  const Outcome run = RunOf(sandbox_, "-- ./plain");

  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.out + run.err, HasSubstr("3 trials failed alike"));
  EXPECT_THAT(run.out + run.err, Not(HasSubstr("infrastructure")));
  ExpectTrials(3, "\"./plain\" is not executable");
}

TEST_F(StartFailure, OfAScriptWithoutItsInterpreterEndsTheExperimentAtMaxFailed) {
  const Outcome run = RunOf(sandbox_, "--max-failed 4 -- ./loader");

  EXPECT_EQ(run.exit_code, 3);
  EXPECT_THAT(run.out + run.err, Not(HasSubstr("infrastructure")));
  ExpectTrials(4, "\"./loader\" needs an interpreter");
  const Experiment ended = Stored()->GetExperiment({"default", "tune"}).value();
  EXPECT_TRUE(ended.status.Is(ConditionType::kFailed));
}

TEST_F(StartFailure, IsNotThatOfAProgramWhoseTimeIsShown) {
  const Outcome run = RunOf(sandbox_, "-- ./shown");

  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.out + run.err, HasSubstr("infrastructure"));
}

}  // namespace
}  // namespace hone
