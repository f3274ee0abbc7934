#include "suggestion/client/service_suggester.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "db/store/trial_feed.h"
#include "proto/core/mutex.h"
#include "proto/model/experiment.h"
#include "proto/rpc/channel.h"
#include "proto/rpc/files.h"
#include "proto/rpc/status.h"
#include "proto/wire/api.h"
#include "suggestion/client/conversation.h"
#include "suggestion/client/kept_settings.h"
#include "suggestion/client/reply_reader.h"

namespace hone::suggestion {
namespace {

namespace api = ::api::v1::beta1;
using State = Conversation::State;

constexpr int kAttemptsMax = 5;
constexpr auto kFirstRest = std::chrono::milliseconds(500);
/// The largest size of the settings that a service writes back; they are stored with each of its
/// suggestions.
constexpr std::size_t kSettingsBytesMax = 262'144;

/// True if the call may succeed later: the service or the network may have recovered. Python
/// services answer UNKNOWN when they raise an exception.
bool IsTransient(grpc::StatusCode code) {
  return code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::DEADLINE_EXCEEDED ||
         code == grpc::StatusCode::UNKNOWN || code == grpc::StatusCode::ABORTED ||
         code == grpc::StatusCode::RESOURCE_EXHAUSTED;
}

api::AlgorithmSpec& AlgorithmOf(Conversation& talk) {
  return *talk.request.mutable_experiment()->mutable_spec()->mutable_algorithm();
}

/// Takes the settings that the service stored with this trial, unless a later trial has newer ones.
/// The label itself is not sent to the service.
void TakeSettings(std::uint64_t ordinal, api::Trial& message, Conversation& talk) {
  auto& labels = *message.mutable_spec()->mutable_labels();
  const auto kept = labels.find(kSettingsLabel);
  if (kept == labels.end()) {
    return;
  }
  if (ordinal > talk.settings_ordinal) {
    ReadSettings(kept->second, AlgorithmOf(talk));
    talk.settings_ordinal = ordinal;
  }
  labels.erase(kept);
}

/// Cancels the conversation's call and timer; they end soon after.
void BreakOff(Conversation& talk) {
  if (talk.call != nullptr) {
    talk.call->TryCancel();
  }
  talk.alarm.Cancel();
}

SuggestionBatch Pending(const Conversation& talk) {
  return {.suggestions = {}, .is_pending = true, .ask_early = talk.ask_early};
}

class ServiceSuggester final : public Suggester {
 public:
  ServiceSuggester(db::Store& store,
                   AlgorithmServices services,
                   std::unique_ptr<Suggester> other,
                   WakeExperiment wake,
                   WarnPerson warn)
      : feed_(store),
        services_(std::move(services)),
        other_(std::move(other)),
        wake_(std::move(wake)),
        warn_(std::move(warn)) {}
  ServiceSuggester(const ServiceSuggester&) = delete;
  ServiceSuggester& operator=(const ServiceSuggester&) = delete;
  ~ServiceSuggester() override {
    const MutexLock lock(mutex_);
    is_ending_ = true;
    for (auto& [key, talk] : talks_) {
      BreakOff(*talk);
    }
    while (under_way_ > 0) {
      ended_.Wait(mutex_);
    }
  }

  Result<SuggestionBatch> Suggest(const Experiment& experiment,
                                  std::uint64_t first_ordinal,
                                  std::size_t count) override {
    const AlgorithmService* const service =
        experiment.spec.algorithm ? FindService(services_, experiment.spec.algorithm->name)
                                  : nullptr;
    if (service == nullptr) {
      return other_->Suggest(experiment, first_ordinal, count);
    }
    auto batch = SuggestFrom(*service, experiment, first_ordinal, count);
    if (!batch) {
      return Wrap("algorithm " + service->name + ", asked at " + service->address,
                  std::move(batch).error());
    }
    return batch;
  }

 private:
  Result<SuggestionBatch> SuggestFrom(const AlgorithmService& service,
                                      const Experiment& experiment,
                                      std::uint64_t first_ordinal,
                                      std::size_t count) {
    HONE_ASSIGN_OR_RETURN(Conversation* const talk, TalkAbout(service, experiment));
    const State state = Look(*talk);
    if (state == State::kAsking || state == State::kResting) {
      return Pending(*talk);
    }
    if (state == State::kAnswered && talk->first_ordinal == first_ordinal) {
      return Judge(*talk, experiment, count);
    }
    talk->failures = state == State::kRested ? talk->failures : 0;
    return Ask(*talk, experiment, first_ordinal, count);
  }

  /// Returns the state, and makes a conversation idle again whose call or back-off has ended.
  State Look(Conversation& talk) {
    const MutexLock lock(mutex_);
    const State state = talk.state;
    if (state == State::kAnswered || state == State::kRested) {
      talk.state = State::kIdle;
    }
    return state;
  }

  /// The conversation for the current version of an experiment; made anew if the experiment has
  /// changed.
  Result<Conversation*> TalkAbout(const AlgorithmService& service, const Experiment& experiment) {
    std::unique_ptr<Conversation>& talk = talks_[experiment.key];
    if (talk != nullptr && talk->uid == experiment.uid &&
        talk->generation == experiment.generation) {
      return talk.get();
    }
    if (talk != nullptr) {
      BreakOff(*talk);
      replaced_.push_back(std::move(talk));
    }
    DropReplaced();
    talk = std::make_unique<Conversation>();
    talk->key = experiment.key;
    FieldErrors errors;
    if (!experiment.spec.parameters.empty()) {
      auto space = SearchSpace::Make(experiment.spec.parameters, "spec.parameters", errors);
      if (!space) {
        return Fail(Code::kInvalidArgument, errors.front().ToString());
      }
      talk->space = *std::move(space);
    }
    HONE_ASSIGN_OR_RETURN(const auto channel, rpc::MakeChannel(service));
    if (!service.token.empty()) {
      HONE_ASSIGN_OR_RETURN(const std::string token, rpc::ReadToken("tokenFile", service.token));
      talk->authorization = "Bearer " + token;
    }
    talk->stub = api::Suggestion::NewStub(channel);
    talk->algorithm = service.name;
    talk->address = service.address;
    talk->deadline = service.deadline;
    const auto slots = std::max<std::int32_t>(experiment.spec.parallel_trial_count.value_or(1), 1);
    talk->ask_early = service.prefetch ? static_cast<std::size_t>(slots) : 0;
    proto::WriteExperiment(experiment, *talk->request.mutable_experiment());
    if (!service.algorithm.empty()) {
      AlgorithmOf(*talk).set_algorithm_name(service.algorithm);
    }
    *talk->settings.mutable_experiment() = talk->request.experiment();
    talk->uid = experiment.uid;
    talk->generation = experiment.generation;
    return talk.get();
  }

  /// Deletes replaced conversations without a call or timer under way.
  void DropReplaced() {
    std::vector<std::unique_ptr<Conversation>> over;  // deleted after unlocking: gRPC may block
    const MutexLock lock(mutex_);
    for (std::unique_ptr<Conversation>& talk : replaced_) {
      if (talk->state != State::kAsking && talk->state != State::kResting) {
        over.push_back(std::move(talk));
      }
    }
    std::erase(replaced_, nullptr);
  }

  /// Adds new and changed trials to the history, and sends the question.
  Result<SuggestionBatch> Ask(Conversation& talk,
                              const Experiment& experiment,
                              std::uint64_t first_ordinal,
                              std::size_t count) {
    HONE_RETURN_IF_ERROR(
        feed_.Read(experiment.key, talk.cursor, [&](std::span<const Trial> trials) {
          for (const Trial& trial : trials) {
            const auto [place, is_new] =
                talk.places.try_emplace(trial.ordinal, talk.request.trials_size());
            api::Trial& message =
                is_new ? *talk.request.add_trials() : *talk.request.mutable_trials(place->second);
            message.Clear();
            proto::WriteTrial(experiment, trial, message);
            TakeSettings(trial.ordinal, message, talk);
            TakeTrialName(message);
          }
        }));
    talk.first_ordinal = first_ordinal;
    talk.count = count;
    talk.completed = experiment.status.counts.Completed();
    talk.request.set_current_request_number(static_cast<std::int32_t>(count));
    talk.request.set_total_request_number(static_cast<std::int32_t>(first_ordinal - 1 + count));
    Send(talk);
    return Pending(talk);
  }

  void Send(Conversation& talk) {
    {
      const MutexLock lock(mutex_);
      talk.state = State::kAsking;
      talk.call = std::make_unique<grpc::ClientContext>();
      ++under_way_;
    }
    talk.call->set_deadline(std::chrono::system_clock::now() + talk.deadline);
    if (!talk.authorization.empty()) {
      talk.call->AddMetadata("authorization", talk.authorization);
    }
    const auto done = [this, &talk](grpc::Status status) {
      talk.status = std::move(status);
      Arrive(talk, State::kAnswered);
    };
    if (talk.is_validated) {
      talk.stub->async()->GetSuggestions(talk.call.get(), &talk.request, &talk.reply, done);
    } else {
      talk.stub->async()->ValidateAlgorithmSettings(
          talk.call.get(), &talk.settings, &talk.nothing, done);
    }
  }

  /// Called on a thread of gRPC. Once its state says that no call is under way, a replaced
  /// conversation may be deleted at any time.
  void Arrive(Conversation& talk, State state) {
    const ExperimentKey key = talk.key;
    bool is_wanted = false;
    {
      const MutexLock lock(mutex_);
      talk.state = state;
      is_wanted = !is_ending_;
    }
    if (is_wanted) {
      wake_(key);  // without the lock, since `wake` takes other locks
    }
    const MutexLock lock(mutex_);
    --under_way_;
    ended_.NotifyAll();
  }

  /// The result of a call that has ended.
  Result<SuggestionBatch> Judge(Conversation& talk,
                                const Experiment& experiment,
                                std::size_t wanted) {
    const grpc::StatusCode code = talk.status.error_code();
    if (!talk.is_validated &&
        (code == grpc::StatusCode::OK || code == grpc::StatusCode::UNIMPLEMENTED)) {
      talk.is_validated = true;
      return Ask(talk, experiment, talk.first_ordinal, wanted);
    }
    if (code == grpc::StatusCode::OK) {
      return Read(talk, wanted);
    }
    if (IsTransient(code) && ++talk.failures < kAttemptsMax) {
      return Rest(talk, ReasonOf(talk.status, talk.address, talk.deadline));
    }
    return JudgeRefusal(talk, experiment, wanted);
  }

  /// The result if the service gave no suggestions: for now, because the space has ended, or
  /// because of an error.
  Result<SuggestionBatch> JudgeRefusal(Conversation& talk,
                                       const Experiment& experiment,
                                       std::size_t wanted) {
    const grpc::StatusCode code = talk.status.error_code();
    const bool is_end = code == grpc::StatusCode::OUT_OF_RANGE;
    const TrialCounts& counts = experiment.status.counts;
    const bool cannot_yet = talk.is_validated && code == grpc::StatusCode::FAILED_PRECONDITION;
    if (cannot_yet && counts.Completed() != talk.completed) {  // trials have ended since
      return Ask(talk, experiment, talk.first_ordinal, wanted);
    }
    const bool waits = cannot_yet && counts.Active() > 0;
    if (talk.is_validated && (is_end || waits)) {
      if (talk.count > 1) {  // fewer suggestions may still be possible
        return Ask(talk, experiment, talk.first_ordinal, 1);
      }
      return SuggestionBatch{.suggestions = {}, .space_ended = is_end};
    }
    const std::string attempts =
        IsTransient(code) ? "after " + std::to_string(talk.failures) + " attempts: " : "";
    return Fail(Code::kInvalidArgument,
                attempts + ReasonOf(talk.status, talk.address, talk.deadline));
  }

  Result<SuggestionBatch> Read(Conversation& talk, std::size_t wanted) {
    const auto given = static_cast<std::size_t>(talk.reply.parameter_assignments_size());
    if (given == 0 || given > talk.count) {
      const std::string what = "gave " + std::to_string(given) + " suggestions where " +
                               std::to_string(talk.count) + " were asked for";
      return given == 0 && ++talk.failures < kAttemptsMax ? Rest(talk, what)
                                                          : Fail(Code::kInvalidArgument, what);
    }
    talk.failures = 0;
    SuggestionBatch batch;
    for (const auto& message : talk.reply.parameter_assignments()) {
      HONE_ASSIGN_OR_RETURN(Suggestion suggestion, ReadAnswer(talk.space, message));
      batch.suggestions.push_back(std::move(suggestion));
    }
    batch.is_pending = given < wanted;  // the next question asks for the rest
    batch.ask_early = talk.ask_early;
    if (talk.reply.has_algorithm() && !batch.suggestions.empty()) {
      const std::string settings = WriteSettings(talk.reply.algorithm());
      if (settings.size() > kSettingsBytesMax) {
        return Fail(Code::kInvalidArgument,
                    "gave algorithm_settings of " + std::to_string(settings.size()) +
                        " bytes, more than " + std::to_string(kSettingsBytesMax));
      }
      ReadSettings(settings, AlgorithmOf(talk));
      talk.settings_ordinal = talk.first_ordinal + given - 1;
      batch.suggestions.back().labels[kSettingsLabel] = settings;
    }
    return batch;
  }

  /// Waits (back-off) before the same question is asked again. The first failure is reported to the
  /// user.
  Result<SuggestionBatch> Rest(Conversation& talk, const std::string& reason) {
    if (warn_ && talk.failures == 1) {
      warn_("algorithm " + talk.algorithm + ": " + reason + "; asking again, " +
            std::to_string(kAttemptsMax - 1) + " times at most");
    }
    {
      const MutexLock lock(mutex_);
      talk.state = State::kResting;
      ++under_way_;
    }
    const auto until = std::chrono::system_clock::now() + kFirstRest * (1 << (talk.failures - 1));
    talk.alarm.Set(until, [this, &talk](bool /*in_time*/) { Arrive(talk, State::kRested); });
    return Pending(talk);
  }

  db::TrialFeed feed_;
  const AlgorithmServices services_;
  const std::unique_ptr<Suggester> other_;
  const WakeExperiment wake_;
  const WarnPerson warn_;
  /// Only the thread that calls Suggest deletes objects with a channel: deleting the last channel
  /// waits for gRPC's threads, so none of these may do it.
  std::map<ExperimentKey, std::unique_ptr<Conversation>> talks_;
  /// Conversations that were replaced by newer ones; a call or timer of theirs may still be under
  /// way.
  std::vector<std::unique_ptr<Conversation>> replaced_;
  /// Guards the states of conversations, and the fields below.
  Mutex mutex_;
  ConditionVariable ended_;
  std::size_t under_way_ HONE_GUARDED_BY(mutex_) = 0;
  bool is_ending_ HONE_GUARDED_BY(mutex_) = false;
};

}  // namespace

std::unique_ptr<Suggester> MakeServiceSuggester(db::Store& store,
                                                AlgorithmServices services,
                                                std::unique_ptr<Suggester> other,
                                                WakeExperiment wake,
                                                WarnPerson warn) {
  return std::make_unique<ServiceSuggester>(
      store, std::move(services), std::move(other), std::move(wake), std::move(warn));
}

}  // namespace hone::suggestion
