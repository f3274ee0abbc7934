#include "controller/api/tuner_calls.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "controller/api/tuner_messages.h"
#include "db/store/find_trial.h"

namespace hone::controller {
namespace {

Status CheckAsk(const v1::AskRequest& request) {
  if (request.count() < 1 || request.count() > kAskCountMax) {
    return Fail(Code::kInvalidArgument,
                "count: is " + std::to_string(request.count()) + ", must be from 1 to " +
                    std::to_string(kAskCountMax));
  }
  const std::string& client = request.client_id();
  const bool is_text = std::none_of(client.begin(), client.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
  });
  if (client.empty() || client.size() > kClientIdMax || !is_text) {
    return Fail(Code::kInvalidArgument,
                "client_id: must be a name of 1 to " + std::to_string(kClientIdMax) +
                    " characters, the same whenever this client asks");
  }
  return {};
}

/// The number of entries that a page may have.
Result<std::int32_t> ReadLimit(std::int32_t limit) {
  if (limit < 0 || limit > kPageMax) {
    return Fail(
        Code::kInvalidArgument,
        "limit: is " + std::to_string(limit) + ", must be from 0 to " + std::to_string(kPageMax));
  }
  return limit == 0 ? kPageMax : limit;
}

Status CheckTrial(std::uint64_t trial) {
  if (trial == 0) {
    return Fail(Code::kInvalidArgument, "trial: must be the number of a trial, from 1");
  }
  return {};
}

/// The key of a study, if the caller has role `needed` in its namespace.
Result<ExperimentKey> KeyFor(const Result<access::Caller>& caller,
                             const std::string& study,
                             access::Role needed) {
  HONE_RETURN_IF_ERROR(caller);
  HONE_ASSIGN_OR_RETURN(ExperimentKey key, ParseStudyName("study", study));
  HONE_RETURN_IF_ERROR(caller->Check(key.ns, needed));
  return key;
}

/// The namespaces whose studies are listed; "" means all of them.
Result<std::vector<std::string>> NamespacesToList(const access::Caller& caller,
                                                  const std::string& ns) {
  if (!ns.empty()) {
    HONE_RETURN_IF_ERROR(caller.Check(ns, access::Role::kRead));
    return std::vector{ns};
  }
  HONE_RETURN_IF_ERROR(caller.CheckRole(access::Role::kRead));
  return caller.has_all_namespaces ? std::vector<std::string>{""} : caller.namespaces;
}

}  // namespace

Result<std::shared_ptr<SharedStudy>> TunerCalls::Open(const MaybeCaller& caller,
                                                      const std::string& study,
                                                      access::Role needed) {
  HONE_ASSIGN_OR_RETURN(const ExperimentKey key, KeyFor(caller, study, needed));
  return tuner_.Open(key);
}

Result<Experiment> TunerCalls::Get(const MaybeCaller& caller, const std::string& study) {
  HONE_ASSIGN_OR_RETURN(const ExperimentKey key, KeyFor(caller, study, access::Role::kRead));
  return tuner_.store().GetExperiment(key);
}

Result<v1::Study> TunerCalls::CreateStudy(const MaybeCaller& caller,
                                          const v1::CreateStudyRequest& request) {
  HONE_RETURN_IF_ERROR(caller);
  HONE_ASSIGN_OR_RETURN(const Experiment study, tuner_.Create(*caller, request.manifest()));
  return WriteStudy(study);
}

Result<v1::Study> TunerCalls::GetStudy(const MaybeCaller& caller,
                                       const v1::GetStudyRequest& request) {
  HONE_ASSIGN_OR_RETURN(const Experiment study, Get(caller, request.study()));
  return WriteStudy(study);
}

/// A page of ListStudies that is being filled.
struct TunerCalls::StudyPage {
  [[nodiscard]] bool IsFull() const {
    return reply.studies_size() == limit || bytes >= kPageBytesMax || reads == kPageReadsMax;
  }
  void Add(const Experiment& study) {
    v1::Study& message = *reply.add_studies();
    message = WriteStudy(study);
    bytes += message.ByteSizeLong();
  }

  const std::int32_t limit;
  /// The last experiment that was read.
  ExperimentKey after;
  std::size_t bytes = 0;
  std::size_t reads = 0;
  /// Its `next` is set if there are more experiments.
  v1::ListStudiesReply reply;
};

Result<v1::ListStudiesReply> TunerCalls::ListStudies(const MaybeCaller& caller,
                                                     const v1::ListStudiesRequest& request) {
  HONE_RETURN_IF_ERROR(caller);
  HONE_ASSIGN_OR_RETURN(const std::int32_t limit, ReadLimit(request.limit()));
  StudyPage page{.limit = limit, .after = {"", ""}, .reply = {}};
  if (!request.after().empty()) {
    HONE_ASSIGN_OR_RETURN(page.after, ParseStudyName("after", request.after()));
  }
  HONE_ASSIGN_OR_RETURN(const std::vector<std::string> namespaces,
                        NamespacesToList(*caller, request.namespace_()));
  for (auto ns = namespaces.begin(); ns != namespaces.end() && page.reply.next().empty(); ++ns) {
    HONE_RETURN_IF_ERROR(ReadStudies(*ns, page));
  }
  return std::move(page.reply);
}

Status TunerCalls::ReadStudies(const std::string& ns, StudyPage& page) {
  constexpr std::size_t kReadAtOnce = 20;
  while (true) {
    HONE_ASSIGN_OR_RETURN(const std::vector<Experiment> found,
                          tuner_.store().ListExperiments(ns, page.after, kReadAtOnce));
    for (const Experiment& experiment : found) {
      if (page.IsFull()) {
        page.reply.set_next(page.after.ToString());
        return {};
      }
      page.after = experiment.key;
      page.reads += 1;
      if (experiment.IsStudy()) {
        page.Add(experiment);
      }
    }
    if (found.size() < kReadAtOnce) {
      return {};
    }
  }
}

PendingAsk TunerCalls::Ask(const MaybeCaller& caller,
                           const v1::AskRequest& request,
                           std::function<void(Result<v1::AskReply>)> answer) {
  const Status valid = CheckAsk(request);
  Result<std::shared_ptr<SharedStudy>> study =
      valid ? Open(caller, request.study(), access::Role::kWrite)
            : tl::unexpected<Error>(valid.error());
  if (!study) {
    answer(tl::unexpected<Error>(study.error()));
    return {};
  }
  const std::uint64_t ticket =
      (*study)->Ask(request.client_id(),
                    static_cast<std::size_t>(request.count()),
                    [answer = std::move(answer)](const Result<Asked>& asked) {
                      answer(asked ? Result<v1::AskReply>(WriteAsked(*asked))
                                   : tl::unexpected<Error>(asked.error()));
                    });
  return {*std::move(study), ticket};
}

Result<v1::Trial> TunerCalls::Tell(const MaybeCaller& caller, const v1::TellRequest& request) {
  HONE_RETURN_IF_ERROR(CheckTrial(request.trial()));
  TrialOutcome outcome{.metrics = ReadMetrics(request.metrics())};
  if (request.has_failed()) {
    outcome.failure = request.failed();
  }
  HONE_ASSIGN_OR_RETURN(const auto study, Open(caller, request.study(), access::Role::kWrite));
  HONE_ASSIGN_OR_RETURN(const Trial trial, study->Tell(request.trial(), outcome));
  return WriteTrial(trial);
}

Result<v1::ReportIntermediateReply> TunerCalls::Report(
    const MaybeCaller& caller,
    const v1::ReportIntermediateRequest& request) {
  HONE_RETURN_IF_ERROR(CheckTrial(request.trial()));
  if (request.step() < 0) {
    return Fail(Code::kInvalidArgument,
                "step: is " + std::to_string(request.step()) + ", must be at least 0");
  }
  HONE_ASSIGN_OR_RETURN(const auto study, Open(caller, request.study(), access::Role::kIngest));
  HONE_ASSIGN_OR_RETURN(
      const std::optional<std::string> reason,
      study->Report(request.trial(), request.step(), ReadMetrics(request.metrics())));
  v1::ReportIntermediateReply reply;
  reply.set_should_stop(reason.has_value());
  reply.set_message(reason.value_or(""));
  return reply;
}

Result<v1::ListTrialsReply> TunerCalls::ListTrials(const MaybeCaller& caller,
                                                   const v1::ListTrialsRequest& request) {
  HONE_ASSIGN_OR_RETURN(const std::int32_t limit, ReadLimit(request.limit()));
  HONE_ASSIGN_OR_RETURN(const Experiment study, Get(caller, request.study()));
  db::TrialQuery query{.experiment = study.key, .after_ordinal = request.after()};
  std::set<TrialState> states;
  for (const int word : request.states()) {
    HONE_ASSIGN_OR_RETURN(const TrialState state, ReadState(word));
    states.insert(state);
  }
  query.states.assign(states.begin(), states.end());
  return ReadPage(std::move(query), limit);
}

Result<v1::ListTrialsReply> TunerCalls::ReadPage(db::TrialQuery query, std::int32_t limit) {
  constexpr std::int32_t kReadAtOnce = 50;
  v1::ListTrialsReply reply;
  std::size_t bytes = 0;
  while (reply.trials_size() < limit && bytes < kPageBytesMax) {
    query.limit = static_cast<std::size_t>(std::min(kReadAtOnce, limit - reply.trials_size()));
    HONE_ASSIGN_OR_RETURN(const std::vector<Trial> trials, tuner_.store().ListTrials(query));
    for (auto trial = trials.begin(); trial != trials.end() && bytes < kPageBytesMax; ++trial) {
      v1::Trial& message = *reply.add_trials();
      message = WriteTrial(*trial);
      bytes += message.ByteSizeLong();
      query.after_ordinal = trial->ordinal;
    }
    if (trials.size() < query.limit &&
        (trials.empty() || query.after_ordinal == trials.back().ordinal)) {
      return reply;
    }
  }
  reply.set_next(query.after_ordinal);
  return reply;
}

Result<v1::Trial> TunerCalls::GetBestTrial(const MaybeCaller& caller,
                                           const v1::GetBestTrialRequest& request) {
  HONE_ASSIGN_OR_RETURN(const Experiment study, Get(caller, request.study()));
  if (!study.status.optimal) {
    return Fail(
        Code::kNotFound,
        "study " + study.key.ToString() + ": no trial has ended with a finite objective yet");
  }
  HONE_ASSIGN_OR_RETURN(const std::optional<Trial> best,
                        db::FindTrial(tuner_.store(), study.key, study.status.optimal->ordinal));
  if (!best) {
    return Fail(Code::kNotFound, "study " + study.key.ToString() + ": has just been deleted");
  }
  return WriteTrial(*best);
}

}  // namespace hone::controller
