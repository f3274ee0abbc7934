// A caller that leaves trials out of its history, as Katib does with trials whose metrics are
// unavailable: their points are not proposed again.
#include "suggestion/server/cached_session.h"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/api/v1beta1/api.pb.h"
#include "proto/model/experiment.h"
#include "suggestion/server/trial_fingerprint.h"

namespace hone::suggestion {
namespace {

namespace api = ::api::v1::beta1;

using ::testing::SizeIs;

constexpr std::size_t kPoints = 12;

/// Four values of one parameter, three of another.
Experiment TwelvePoints(const std::string& algorithm) {
  Experiment experiment;
  experiment.key.name = "e";
  experiment.uid = "e";
  experiment.spec.parameters = {
      {"a", ParameterType::kInt, {"1", "4", "", {}, Distribution::kUniform}},
      {"b", ParameterType::kCategorical, {"", "", "", {"x", "y", "z"}, Distribution::kUniform}}};
  experiment.spec.objective.emplace().type = ObjectiveType::kMinimize;
  experiment.spec.objective->metric_name = "loss";
  experiment.spec.algorithm = AlgorithmSpec{algorithm, {}};
  return experiment;
}

std::string TextOf(const Assignments& assignments) {
  std::string text;
  for (const Assignment& each : assignments) {
    text += each.name + "=" + each.value + " ";
  }
  return text;
}

/// Acts like Katib's controller, with one trial at a time.
class Caller {
 public:
  explicit Caller(const Experiment& experiment)
      : experiment_(std::make_shared<const Experiment>(experiment)) {}

  /// Whether trials carry the label with the number of their suggestion.
  bool has_labels = true;

  /// The point of the next trial.
  Result<std::string> Ask(CachedSession& session) {
    HONE_ASSIGN_OR_RETURN(const Answer answer, session.Suggest(QuestionFor(1)));
    ++asked_;
    message_ = api::Trial();
    message_.set_name("e-" + std::to_string(asked_));
    auto& status = *message_.mutable_status();
    status.set_start_time("2026-01-01T00:00:" + std::to_string(10 + asked_) + "Z");
    const Assignments& assignments = answer.suggestions.at(0).assignments;
    for (const Assignment& each : assignments) {
      auto* const own = message_.mutable_spec()->mutable_parameter_assignments()->add_assignments();
      own->set_name(each.name);
      own->set_value(each.value);
    }
    if (has_labels) {
      (*message_.mutable_spec()->mutable_labels())["hone.dev/ordinal"] =
          std::to_string(answer.first_ordinal);
    }
    return TextOf(assignments);
  }

  /// Adds the trial to the history with a value; a trial that is not ended stays out of the
  /// history.
  void End(double loss) {
    message_.mutable_status()->set_condition(api::TrialStatus::SUCCEEDED);
    auto* const metric = message_.mutable_status()->mutable_observation()->add_metrics();
    metric->set_name("loss");
    metric->set_value(std::to_string(loss));
    trials_.push_back(message_.SerializeAsString());
  }

  /// Adds the running trial to the history.
  void Start() {
    message_.mutable_status()->set_condition(api::TrialStatus::RUNNING);
    trials_.push_back(message_.SerializeAsString());
  }
  void Drop() { trials_.pop_back(); }

  /// The points that are proposed for the next `count` trials; the caller makes none of the trials.
  Result<std::set<std::string>> Propose(CachedSession& session, std::size_t count) const {
    HONE_ASSIGN_OR_RETURN(const Answer answer, session.Suggest(QuestionFor(count)));
    std::set<std::string> points;
    for (const Suggestion& suggestion : answer.suggestions) {
      points.insert(TextOf(suggestion.assignments));
    }
    return points;
  }

 private:
  [[nodiscard]] Question QuestionFor(std::size_t count) const {
    Question question{experiment_, "e", {}, {}, asked_, count};
    for (const std::string& bytes : trials_) {
      question.trials.push_back(bytes);
      question.fingerprints.push_back(FingerprintOfTrial(bytes));
    }
    return question;
  }

  std::shared_ptr<const Experiment> experiment_;
  std::uint64_t asked_ = 0;
  std::vector<std::string> trials_;
  api::Trial message_;
};

constexpr const char* kAlgorithms[] = {"auto",
                                       "bayesianoptimization",
                                       "cmaes",
                                       "grid",
                                       "multivariate-tpe",
                                       "random",
                                       "regularized-evolution",
                                       "sobol",
                                       "tpe"};

/// The points of twelve trials, every third of which is left out of the history.
std::set<std::string> RunTwelve(const char* algorithm, bool has_labels, bool restarts) {
  Caller caller(TwelvePoints(algorithm));
  caller.has_labels = has_labels;
  CachedSession session;
  std::set<std::string> points;
  for (std::size_t i = 0; i < kPoints; ++i) {
    if (restarts) {
      session = CachedSession();
    }
    const Result<std::string> point = caller.Ask(session);
    EXPECT_TRUE(point) << algorithm << " " << i << ": " << (point ? "" : point.error().message);
    if (!point) {
      break;
    }
    points.insert(*point);
    if (i % 3 != 0) {
      caller.End(static_cast<double>(i));
    }
  }
  const Result<std::string> more = caller.Ask(session);
  EXPECT_TRUE(!more && more.error().code == Code::kOutOfRange) << algorithm;
  return points;
}

TEST(CachedSession, ProposesNoPointAgainWhoseTrialIsLeftOut) {
  for (const char* const algorithm : kAlgorithms) {
    for (const bool has_labels : {true, false}) {
      EXPECT_THAT(RunTwelve(algorithm, has_labels, false), SizeIs(kPoints))
          << algorithm << " labels " << has_labels;
    }
  }
}

TEST(CachedSession, ProposesNoPointAgainThatAnotherServerProposed) {
  for (const char* const algorithm : kAlgorithms) {
    EXPECT_THAT(RunTwelve(algorithm, true, true), SizeIs(kPoints)) << algorithm;
  }
  EXPECT_THAT(RunTwelve("grid", false, true), SizeIs(kPoints));
}

TEST(CachedSession, ProposesNoPointAgainWhoseTrialWasThereWhileItRan) {
  for (const char* const algorithm : kAlgorithms) {
    Caller caller(TwelvePoints(algorithm));
    CachedSession session;
    std::set<std::string> points;
    // Two trials at a time; the first leaves the history when the second has ended.
    for (std::size_t i = 0; i < kPoints; i += 2) {
      points.insert(caller.Ask(session).value());
      caller.Start();
      points.insert(caller.Ask(session).value());
      caller.Drop();
      caller.End(1);
    }
    EXPECT_THAT(points, SizeIs(kPoints)) << algorithm;
  }
}

TEST(CachedSession, AnswersTheSameQuestionWithTheSamePoints) {
  for (const char* const algorithm : kAlgorithms) {
    Caller caller(TwelvePoints(algorithm));
    CachedSession session;
    caller.Ask(session).value();
    caller.End(1);
    const std::set<std::string> points = caller.Propose(session, 2).value();

    EXPECT_EQ(caller.Propose(session, 2).value(), points) << algorithm;
  }
}

TEST(CachedSession, AnswersAnotherCountAsIfNothingHadBeenAsked) {
  for (const char* const algorithm : {"grid", "random", "sobol"}) {
    const Caller caller(TwelvePoints(algorithm));
    CachedSession session;

    EXPECT_THAT(caller.Propose(session, 1).value(), SizeIs(1)) << algorithm;
    EXPECT_THAT(caller.Propose(session, kPoints).value(), SizeIs(kPoints)) << algorithm;
  }
}

TEST(HandedOut, ForgetsTheOldestBeforeItTakesTooMuch) {
  HandedOut handed_out;
  const HandedOut::Entry large{{{"a", std::string(1'000'000, 'a')}}, 0, false};
  for (std::uint64_t ordinal = 1; ordinal <= 40; ++ordinal) {
    handed_out.Add(ordinal, large);
  }

  EXPECT_LE(handed_out.bytes(), HandedOut::kBytesMax);
  EXPECT_EQ(handed_out.Find(1), nullptr);
  EXPECT_NE(handed_out.Find(40), nullptr);
}

}  // namespace
}  // namespace hone::suggestion
