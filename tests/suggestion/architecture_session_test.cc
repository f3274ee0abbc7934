// Sessions of architecture searches: the assignments of trials, and reading them back.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "algorithms/catalogue.h"
#include "suggestion/engine/search_session.h"
#include "tests/suggestion/experiments.h"

namespace hone::suggestion {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Experiment AnArchitectureSearch(const std::string& algorithm) {
  Experiment experiment = AnExperiment({});
  ParameterSpec size{"size", ParameterType::kCategorical, {"", "", "", {"3", "5"}, {}}, {}};
  experiment.spec.nas_config = NasConfig{3, {32}, {10}, {{"convolution", {size}}}};
  experiment.spec.algorithm->name = algorithm;
  return experiment;
}

/// The assignments of successive trials; architectures in which more layers take the previous one
/// are better.
std::vector<std::string> PathOf(SearchSession& session, std::uint64_t from, std::uint64_t to) {
  std::vector<std::string> path;
  for (std::uint64_t ordinal = from; ordinal <= to; ++ordinal) {
    const auto batch = session.Suggest(ordinal, 1);
    EXPECT_TRUE(batch.has_value()) << batch.error().message;
    Trial trial;
    trial.ordinal = ordinal;
    trial.state = TrialState::kSucceeded;
    trial.assignments = batch->suggestions.at(0).assignments;
    const std::string& text = trial.assignments.at(0).value;
    const auto ones = std::to_string(std::count(text.begin(), text.end(), '1'));
    trial.metrics = {{"accuracy", ones, ones, ones}};
    path.push_back(text);
    session.Observe({&trial, 1});
  }
  return path;
}

TEST(ArchitectureSession, TellsTrialsAnArchitectureAndItsConfig) {
  for (const auto* const algorithm : algorithms::Catalogue()) {
    auto session = SearchSession::Make(AnArchitectureSearch(std::string(algorithm->name)));
    if (!session || algorithm->name == "darts") {
      continue;
    }

    const auto batch = session->Suggest(1, 1);

    ASSERT_TRUE(batch.has_value()) << batch.error().message;
    const Assignments& told = batch->suggestions.at(0).assignments;
    ASSERT_THAT(told, SizeIs(2)) << algorithm->name;
    EXPECT_EQ(told[0].name, "architecture");
    EXPECT_THAT(told[1].value, HasSubstr("'embedding': {'"));
  }
}

TEST(ArchitectureSession, LearnsFromEveryArchitectureThatItReadsBack) {
  for (const char* const name : {"enas", "regularized-evolution", "random", "tpe", "auto"}) {
    SearchSession session = SearchSession::Make(AnArchitectureSearch(name)).value();

    const std::vector<std::string> path = PathOf(session, 1, 40);

    EXPECT_THAT(std::set<std::string>(path.begin(), path.end()), SizeIs(40)) << name;
    EXPECT_EQ(session.last_ordinal(), 40u);
  }
}

TEST(ArchitectureSession, GoesThroughAllArchitecturesOnce) {
  SearchSession session = SearchSession::Make(AnArchitectureSearch("enas")).value();

  const std::vector<std::string> path = PathOf(session, 1, 64);
  const auto end = session.Suggest(65, 1);

  EXPECT_THAT(std::set<std::string>(path.begin(), path.end()), SizeIs(64));
  ASSERT_TRUE(end.has_value());
  EXPECT_TRUE(end->space_ended);
}

TEST(ArchitectureSession, AsksDartsAgainAndAgain) {
  SearchSession session = SearchSession::Make(AnArchitectureSearch("darts")).value();
  std::vector<Assignments> told;

  for (std::uint64_t ordinal = 1; ordinal <= 3; ++ordinal) {
    told.push_back(session.Suggest(ordinal, 1).value().suggestions.at(0).assignments);
    Trial trial;
    trial.ordinal = ordinal;
    trial.assignments = told.back();
    trial.state = TrialState::kRunning;
    session.Observe({&trial, 1});
  }

  EXPECT_THAT(told, ElementsAre(told[0], told[0], told[0]));
  EXPECT_THAT(told[0], SizeIs(3));
  EXPECT_FALSE(session.LearnsFromTrials());
}

TEST(ArchitectureSession, RefusesAlgorithmsThatCannotSearchArchitectures) {
  for (const char* const name : {"bobyqa", "direct", "nelder-mead", "sbplx", "hyperband", "asha"}) {
    const auto session = SearchSession::Make(AnArchitectureSearch(name));

    ASSERT_FALSE(session.has_value()) << name;
    EXPECT_THAT(session.error().message, HasSubstr("spec.nasConfig"));
    EXPECT_THAT(session.error().message, HasSubstr("cannot search these architectures"));
  }
}

TEST(ArchitectureSession, SearchesParametersOrArchitectures) {
  Experiment both = AnArchitectureSearch("random");
  both.spec.parameters = {Continuous()};
  Experiment neither = AnExperiment({});
  Experiment unsound = AnArchitectureSearch("random");
  unsound.spec.nas_config->num_layers = 1000;

  EXPECT_FALSE(SearchSession::Make(both).has_value());
  EXPECT_FALSE(SearchSession::Make(neither).has_value());
  EXPECT_THAT(SearchSession::Make(unsound).error().message, HasSubstr("graphConfig.numLayers"));
}

}  // namespace
}  // namespace hone::suggestion
