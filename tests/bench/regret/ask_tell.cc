// bench_ask_tell: every search algorithm of the catalogue behind a line protocol, for benchmarks in
// another language. One JSON object per line in, one per line out; README.md in this folder
// describes the messages. Times are those of the algorithm alone, in microseconds.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "algorithms/algorithm.h"
#include "algorithms/catalogue.h"
#include "algorithms/rule_catalogue.h"
#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"

namespace hone::bench {
namespace {

using algorithms::Algorithm;
using algorithms::ObservedTrial;
using algorithms::Outcome;
using algorithms::Problem;
using algorithms::Proposal;
using algorithms::Proposals;
using algorithms::Report;
using algorithms::Rule;
using algorithms::SearchAlgorithm;
using algorithms::StoppingRule;
using proto::Json;

constexpr std::uint64_t kAskMax = 100'000;

template <typename Step>
double MicrosecondsOf(const Step& step) {
  const auto start = std::chrono::steady_clock::now();
  step();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  return took.count();
}

/// A whole number >= 0 at `key`; `fallback` if the key is absent.
Result<std::uint64_t> ReadCount(const Json& object, const char* key, std::uint64_t fallback) {
  const auto found = object.find(key);
  if (found == object.end()) {
    return fallback;
  }
  if (!found->is_number_unsigned()) {
    return Fail(Code::kInvalidArgument, std::string(key) + ": must be an integer >= 0");
  }
  return found->get<std::uint64_t>();
}

/// {"name": "text", ...}
Result<Point> ReadPoint(const SearchSpace& space, const Json& assignments) {
  Assignments read;
  if (assignments.is_object()) {
    for (const auto& [name, value] : assignments.items()) {
      read.push_back({name, value.is_string() ? value.get<std::string>() : value.dump()});
    }
  }
  std::optional<Point> point = space.Parse(read);
  if (!point) {
    return Fail(Code::kInvalidArgument,
                "assignments: must be an object with one legal value for every parameter");
  }
  return *std::move(point);
}

/// The end of a trial: {"value": x}, {"failed": true}, or {"value": x, "stopped": true}.
Status ReadEnd(const Json& told, ObservedTrial& trial) {
  const auto is_true = [&](const char* key) {
    const auto found = told.find(key);
    return found != told.end() && found->is_boolean() && found->get<bool>();
  };
  const auto value = told.find("value");
  const bool has_value = value != told.end() && value->is_number();
  trial.outcome = is_true("stopped") ? Outcome::kStoppedEarly : Outcome::kComplete;
  if (is_true("failed") || (has_value && !std::isfinite(value->get<double>()))) {
    trial.outcome = Outcome::kFailed;
    return {};
  }
  if (!has_value) {
    return Fail(Code::kInvalidArgument, "tell: needs \"value\" (a number) or \"failed\": true");
  }
  trial.objectives = {value->get<double>()};
  return {};
}

/// The stopping rule named in {"open": {"stopping": "name"}}, with its default settings; null if
/// there is none.
Result<std::unique_ptr<StoppingRule>> MakeRule(const Json& wanted) {
  const auto name = wanted.find("stopping");
  if (name == wanted.end()) {
    return nullptr;
  }
  const Rule* const rule =
      name->is_string() ? algorithms::FindRule(name->get<std::string>()) : nullptr;
  if (rule == nullptr) {
    return Fail(Code::kInvalidArgument, "stopping: must be one of the rules that list gives");
  }
  return rule->make({});
}

/// One study: an algorithm, the points that it has proposed, and optionally a stopping rule.
class Study {
 public:
  static Result<Study> Open(const Json& wanted);

  /// {"ask": n}
  Result<Json> Ask(std::uint64_t count);
  /// {"tell": {...}} or {"tell": [...]}: results of trials that were asked for, or of new ones that
  /// carry their own assignments.
  Result<Json> Tell(const Json& told);
  /// {"report": {"ordinal": n, "step": n, "value": x}} of a running trial.
  Result<Json> Judge(const Json& report);

 private:
  Study(const Algorithm& algorithm, Problem problem, std::unique_ptr<StoppingRule> rule)
      : problem_(std::move(problem)),
        rule_(std::move(rule)),
        is_told_(algorithm.is_adaptive || problem_.space.Cardinality().has_value()),
        search_(algorithm.make(problem_)) {}

  Result<ObservedTrial> ReadTrial(const Json& told);
  /// Records the proposals and converts them to JSON.
  Json HandOut(const Proposals& proposals);
  double Observe(const std::vector<ObservedTrial>& trials) {
    return is_told_ ? MicrosecondsOf([&] { search_->Observe(trials); }) : 0;
  }

  Problem problem_;
  std::unique_ptr<StoppingRule> rule_;
  bool is_told_ = true;
  std::unique_ptr<SearchAlgorithm> search_;
  std::map<std::uint64_t, ObservedTrial> running_;
  std::uint64_t last_ordinal_ = 0;
};

Result<Study> Study::Open(const Json& wanted) {
  const auto field = [&](const char* key) {
    const auto found = wanted.find(key);
    return found == wanted.end() ? Json() : *found;
  };
  const Json name = field("algorithm");
  const Algorithm* algorithm =
      name.is_string() ? algorithms::Find(name.get<std::string>()) : nullptr;
  if (algorithm == nullptr) {
    return Fail(Code::kInvalidArgument, "algorithm: must be one of the names that list gives");
  }
  Json manifest = {{"apiVersion", "kubeflow.org/v1beta1"},
                   {"kind", "Experiment"},
                   {"spec", {{"algorithm", {{"algorithmName", name}}}}}};
  manifest["spec"]["parameters"] = field("parameters");
  if (wanted.contains("settings")) {
    manifest["spec"]["algorithm"]["algorithmSettings"] = field("settings");
  }
  FieldErrors errors;
  const Experiment experiment = proto::ReadExperiment(manifest, errors);
  auto space = SearchSpace::Make(experiment.spec.parameters, "parameters", errors);
  algorithms::CheckSettings(*algorithm, experiment.spec.algorithm->settings, "settings", errors);
  if (!space || !errors.empty()) {  // warnings too: an ignored field would be compared wrongly
    return Fail(Code::kInvalidArgument, Join(errors));
  }
  HONE_ASSIGN_OR_RETURN(const std::uint64_t seed, ReadCount(wanted, "seed", 0));
  Problem problem = algorithms::MakeProblem(experiment.spec, *space, seed);
  HONE_ASSIGN_OR_RETURN(const std::uint64_t max_trials, ReadCount(wanted, "max_trials", 0));
  problem.max_trials = max_trials > 0 ? std::optional(max_trials) : std::nullopt;
  HONE_ASSIGN_OR_RETURN(problem.parallel_trials, ReadCount(wanted, "parallel_trials", 1));
  algorithm->check(problem, errors);
  if (HasErrors(errors)) {
    return Fail(Code::kInvalidArgument, Join(errors));
  }
  HONE_ASSIGN_OR_RETURN(auto rule, MakeRule(wanted));
  return Study(*algorithm, std::move(problem), std::move(rule));
}

Result<Json> Study::Ask(std::uint64_t count) {
  if (count == 0 || count > kAskMax) {
    return Fail(Code::kInvalidArgument, "ask: must be from 1 to " + std::to_string(kAskMax));
  }
  Proposals proposals;
  const std::uint64_t first = last_ordinal_ + 1;
  const double suggest =
      MicrosecondsOf([&] { proposals = search_->Suggest(first, static_cast<std::size_t>(count)); });
  Json reply = HandOut(proposals);
  std::vector<ObservedTrial> running;
  for (auto trial = running_.lower_bound(first); trial != running_.end(); ++trial) {
    running.push_back(trial->second);
  }
  reply["suggest_us"] = suggest;
  reply["observe_us"] = Observe(running);
  return reply;
}

Json Study::HandOut(const Proposals& proposals) {
  Json trials = Json::array();
  for (const Proposal& proposal : proposals.list) {
    Json assignments = Json::object();
    for (const Assignment& assignment : problem_.space.Format(proposal.point)) {
      assignments[assignment.name] = assignment.value;
    }
    Json trial = {{"ordinal", ++last_ordinal_},
                  {"assignments", std::move(assignments)},
                  {"parent", proposal.parent},
                  {"origin", ToText(proposal.why.origin)},
                  {"algorithm", proposal.why.algorithm}};
    if (proposal.why.acquisition) {
      trial["acquisition"] = *proposal.why.acquisition;
    }
    trials.push_back(std::move(trial));
    ObservedTrial& running = running_[last_ordinal_];
    running.ordinal = last_ordinal_;
    running.point = proposal.point;
    running.parent = proposal.parent;
    if (rule_) {
      rule_->Begin(last_ordinal_);
    }
  }
  return {{"trials", std::move(trials)}, {"space_ended", proposals.space_ended}};
}

Result<ObservedTrial> Study::ReadTrial(const Json& told) {
  if (!told.is_object()) {
    return Fail(Code::kInvalidArgument, "tell: must be an object or a list of objects");
  }
  HONE_ASSIGN_OR_RETURN(const std::uint64_t ordinal, ReadCount(told, "ordinal", last_ordinal_ + 1));
  ObservedTrial trial;
  if (const auto found = running_.find(ordinal); found != running_.end()) {
    trial = found->second;
  } else if (ordinal == last_ordinal_ + 1) {
    const auto assignments = told.find("assignments");
    HONE_ASSIGN_OR_RETURN(
        trial.point, ReadPoint(problem_.space, assignments == told.end() ? Json() : *assignments));
    trial.ordinal = ordinal;
  } else {
    return Fail(Code::kInvalidArgument,
                "tell: trial " + std::to_string(ordinal) + " is not running");
  }
  HONE_RETURN_IF_ERROR(ReadEnd(told, trial));
  running_.erase(ordinal);
  last_ordinal_ = std::max(last_ordinal_, ordinal);
  if (rule_) {
    rule_->End(trial.ordinal, trial.outcome);
  }
  return trial;
}

Result<Json> Study::Judge(const Json& report) {
  if (!rule_) {
    return Fail(Code::kFailedPrecondition, "report: open the study with a stopping rule");
  }
  const auto value = report.find("value");
  if (value == report.end() || !value->is_number()) {
    return Fail(Code::kInvalidArgument, "report: needs \"value\", a number");
  }
  Report read{.value = value->get<double>()};
  HONE_ASSIGN_OR_RETURN(read.ordinal, ReadCount(report, "ordinal", 0));
  if (!running_.contains(read.ordinal)) {
    return Fail(Code::kInvalidArgument,
                "report: trial " + std::to_string(read.ordinal) + " is not running");
  }
  HONE_ASSIGN_OR_RETURN(const std::uint64_t step, ReadCount(report, "step", 0));
  if (step > std::numeric_limits<std::int64_t>::max()) {
    return Fail(Code::kInvalidArgument, "step: must be an integer below 2^63");
  }
  read.step = static_cast<std::int64_t>(step);
  bool stops = false;
  const double took = MicrosecondsOf([&] { stops = rule_->Observe(read).has_value(); });
  return Json{{"stop", stops}, {"report_us", took}};
}

Result<Json> Study::Tell(const Json& told) {
  std::vector<ObservedTrial> trials;
  for (const Json& one : told.is_array() ? told : Json::array({told})) {
    HONE_ASSIGN_OR_RETURN(ObservedTrial trial, ReadTrial(one));
    trials.push_back(std::move(trial));
  }
  return Json{{"observe_us", Observe(trials)}};
}

Json ListCatalogue() {
  Json names = Json::array();
  for (const Algorithm* algorithm : algorithms::Catalogue()) {
    Json settings = Json::array();
    for (const algorithms::SettingSchema& setting : algorithm->settings) {
      settings.push_back(setting.name);
    }
    names.push_back({{"name", algorithm->name},
                     {"settings", std::move(settings)},
                     {"has_parents", algorithm->has_parents}});
  }
  Json rules = Json::array();
  for (const Rule* rule : algorithms::RuleCatalogue()) {
    rules.push_back(rule->name);
  }
  return {{"algorithms", std::move(names)}, {"rules", std::move(rules)}};
}

/// Executes one line. `study` is the open study, if any.
Result<Json> Answer(const Json& request, std::optional<Study>& study) {
  const std::string word = request.is_object() && request.size() == 1 ? request.begin().key() : "";
  if (word == "list") {
    return ListCatalogue();
  }
  if (word == "open") {
    study.reset();
    HONE_ASSIGN_OR_RETURN(Study opened, Study::Open(request.front()));
    study.emplace(std::move(opened));
    return Json{{"opened", true}};
  }
  if (word != "ask" && word != "tell" && word != "report") {
    return Fail(Code::kInvalidArgument,
                "must be an object with one of list, open, ask, tell, report");
  }
  if (!study) {
    return Fail(Code::kFailedPrecondition, word + ": open a study first");
  }
  if (word == "tell") {
    return study->Tell(request.front());
  }
  if (word == "report") {
    return study->Judge(request.front());
  }
  HONE_ASSIGN_OR_RETURN(const std::uint64_t count, ReadCount(request, "ask", 1));
  return study->Ask(count);
}

void Run() {
  std::ios::sync_with_stdio(false);
  std::optional<Study> study;
  for (std::string line; std::getline(std::cin, line);) {
    auto request = proto::ReadJson(line);
    auto reply = request ? Answer(*request, study)
                         : Result<Json>(Fail(request.error().code, request.error().message));
    std::cout << proto::WriteJson(reply ? *reply : Json{{"error", reply.error().message}})
              << std::endl;
  }
}

}  // namespace
}  // namespace hone::bench

int main() {
  hone::bench::Run();
}
