#include "suggestion/server/early_stopping_service.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "algorithms/rule_catalogue.h"
#include "algorithms/settings.h"
#include "db/store/observation_logs.h"
#include "proto/api/v1beta1/api.grpc.pb.h"
#include "proto/model/address.h"
#include "proto/model/experiment.h"
#include "proto/model/observation.h"
#include "proto/rpc/answer.h"
#include "proto/rpc/door.h"
#include "proto/wire/api.h"
#include "suggestion/server/log_reader.h"
#include "suggestion/server/median_bar.h"
#include "suggestion/server/validation.h"

namespace hone::suggestion {
namespace {

namespace api = ::api::v1::beta1;

constexpr auto kReadDeadline = std::chrono::seconds(10);

/// The objective's values in a trial's log.
Result<std::vector<double>> ValuesOf(Result<std::vector<Observation>> log,
                                     const std::string& metric) {
  HONE_RETURN_IF_ERROR(log);
  std::stable_sort(log->begin(), log->end(), [](const Observation& a, const Observation& b) {
    return a.time < b.time;
  });
  std::vector<double> values;
  for (const Observation& row : *log) {
    const auto value = row.metric == metric ? ParseNumber(row.value) : std::nullopt;
    if (value) {
      values.push_back(*value);
    }
  }
  return values;
}

std::vector<std::string> Succeeded(const api::GetEarlyStoppingRulesRequest& request) {
  std::vector<std::string> names;
  for (const api::Trial& trial : request.trials()) {
    if (trial.status().condition() == api::TrialStatus::SUCCEEDED) {
      names.push_back(trial.name());
    }
  }
  return names;
}

/// A valid medianstop.
struct MedianRule {
  std::size_t start_step = 0;
  std::size_t min_trials = 0;
};

Result<MedianRule> ReadRule(const api::EarlyStoppingSpec& spec) {
  const AlgorithmSpec rule = proto::ReadAlgorithm(spec);
  HONE_RETURN_IF_ERROR(ValidateStopping(rule));
  const algorithms::SettingValues settings(algorithms::FindRule(rule.name)->settings,
                                           rule.settings);
  return MedianRule{settings.Count("start_step"), settings.Count("min_trials_required")};
}

void TellRule(const api::ObjectiveSpec& objective,
              double bar,
              std::size_t start_step,
              api::GetEarlyStoppingRulesReply& reply) {
  api::EarlyStoppingRule& rule = *reply.add_early_stopping_rules();
  rule.set_name(objective.objective_metric_name());
  rule.set_value(FormatNumber(bar));
  rule.set_comparison(objective.type() == api::MAXIMIZE ? api::LESS : api::GREATER);
  rule.set_start_step(static_cast<std::int32_t>(std::min<std::size_t>(start_step, INT32_MAX)));
}

class EarlyStoppingService final : public api::EarlyStopping::CallbackService {
 public:
  EarlyStoppingService(rpc::Outbox& outbox,
                       const access::Callers& callers,
                       std::string db_manager,
                       StopTrial stop_trial,
                       ReadLog read_log)
      : outbox_(outbox),
        callers_(callers),
        db_manager_(std::move(db_manager)),
        stop_trial_(std::move(stop_trial)),
        read_log_(std::move(read_log)) {}

  grpc::ServerUnaryReactor* GetEarlyStoppingRules(grpc::CallbackServerContext* call,
                                                  const api::GetEarlyStoppingRulesRequest* request,
                                                  api::GetEarlyStoppingRulesReply* reply) override {
    return rpc::AnswerLater(outbox_, *call, *reply, [&](const rpc::Finish& finish) {
      const Status allowed = CheckCaller(*call, *request);
      allowed ? FindRules(*request, *reply, finish) : finish(allowed);
    });
  }

  grpc::ServerUnaryReactor* SetTrialStatus(grpc::CallbackServerContext* call,
                                           const api::SetTrialStatusRequest* request,
                                           api::SetTrialStatusReply* reply) override {
    return rpc::Answer(outbox_, *call, *reply, [&]() -> Status {
      HONE_ASSIGN_OR_RETURN(const access::Caller caller, WritingCaller(*call));
      if (stop_trial_) {
        return stop_trial_(caller, request->trial_name());
      }
      return Fail(Code::kUnimplemented,
                  "trial " + request->trial_name() +
                      ": this server keeps no trials, and runs in no pod with a service account "
                      "with which it could set the status of Katib's");
    });
  }

  grpc::ServerUnaryReactor* ValidateEarlyStoppingSettings(
      grpc::CallbackServerContext* call,
      const api::ValidateEarlyStoppingSettingsRequest* request,
      api::ValidateEarlyStoppingSettingsReply* reply) override {
    return rpc::Answer(outbox_, *call, *reply, [&]() -> Status {
      HONE_RETURN_IF_ERROR(WritingCaller(*call));
      return ValidateStopping(proto::ReadAlgorithm(request->early_stopping()));
    });
  }

 private:
  Result<access::Caller> WritingCaller(const grpc::CallbackServerContext& call) const {
    HONE_ASSIGN_OR_RETURN(access::Caller caller, rpc::CallerOf(callers_, call));
    HONE_RETURN_IF_ERROR(caller.CheckRole(access::Role::kWrite));
    return caller;
  }

  /// A bar reveals values of the trials that it is made from.
  Status CheckCaller(const grpc::CallbackServerContext& call,
                     const api::GetEarlyStoppingRulesRequest& request) const {
    HONE_ASSIGN_OR_RETURN(const access::Caller caller, WritingCaller(call));
    for (const api::Trial& trial : request.trials()) {
      HONE_RETURN_IF_ERROR(caller.Check(db::ParseLogKey(trial.name()).ns, access::Role::kWrite));
    }
    return {};
  }

  void FindRules(const api::GetEarlyStoppingRulesRequest& request,
                 api::GetEarlyStoppingRulesReply& reply,
                 const rpc::Finish& finish) {
    const api::ExperimentSpec& spec = request.experiment().spec();
    const std::vector<std::string> succeeded = Succeeded(request);
    if (!spec.has_early_stopping() || succeeded.empty()) {
      finish({});
      return;
    }
    const Result<MedianRule> rule = ReadRule(spec.early_stopping());
    if (!rule) {
      finish(tl::unexpected<Error>(rule.error()));
      return;
    }
    const MedianBar::Scope scope{request.db_manager_address(),
                                 request.experiment().SerializeAsString()};
    MedianBar::Known known = bar_.Find(scope, succeeded);
    const std::vector<std::string> others = known.others;
    Read(request, others, [=, this, &spec, &reply](Result<TrialValues> values) {
      if (!values) {
        finish(tl::unexpected<Error>(values.error()));
        return;
      }
      std::vector<double> means = known.means;
      for (std::size_t i = 0; i < others.size(); ++i) {
        if (const auto mean = bar_.Learn(scope, others[i], (*values)[i], rule->start_step)) {
          means.push_back(*mean);
        }
      }
      if (const auto bar = MedianBar::Of(std::move(means), rule->min_trials)) {
        TellRule(spec.objective(), *bar, rule->start_step, reply);
      }
      finish({});
    });
  }

  /// The address of the DBManager to ask, if the server's options allow it.
  Result<std::string> DbManagerFor(const api::GetEarlyStoppingRulesRequest& request) const {
    if (db_manager_.empty()) {
      return Fail(Code::kFailedPrecondition,
                  "reading what trials have reported: this server asks no DBManager: start it with "
                  "--db-manager ADDRESS, or `--db-manager any` for those that requests name");
    }
    if (db_manager_ != kNamedDbManager) {
      return db_manager_;
    }
    auto named = Address::Parse(request.db_manager_address(), Address::Use::kConnect);
    return named ? Result<std::string>(named->ToString())
                 : Wrap("db_manager_address", std::move(named).error());
  }

  /// Reads the values of trials with read_log, or else from the DBManager.
  void Read(const api::GetEarlyStoppingRulesRequest& request,
            const std::vector<std::string>& trials,
            std::function<void(Result<TrialValues>)> done) {
    const std::string& metric = request.experiment().spec().objective().objective_metric_name();
    if (!read_log_) {
      const Result<std::string> address = DbManagerFor(request);
      if (!address) {
        done(tl::unexpected<Error>(address.error()));
        return;
      }
      const auto deadline = std::chrono::system_clock::now() + kReadDeadline;
      ReadLogs(*address, metric, trials, deadline, std::move(done));
      return;
    }
    Result<TrialValues> values = TrialValues();
    for (const std::string& trial : trials) {
      Result<std::vector<double>> of_trial = ValuesOf(read_log_(trial), metric);
      if (!of_trial) {
        values = tl::unexpected<Error>(of_trial.error());
        break;
      }
      values->push_back(*std::move(of_trial));
    }
    done(std::move(values));
  }

  rpc::Outbox& outbox_;
  const access::Callers& callers_;
  const std::string db_manager_;
  const StopTrial stop_trial_;
  const ReadLog read_log_;
  MedianBar bar_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeEarlyStoppingService(rpc::Outbox& outbox,
                                                        const access::Callers& callers,
                                                        std::string db_manager,
                                                        StopTrial stop_trial,
                                                        ReadLog read_log) {
  return std::make_unique<EarlyStoppingService>(
      outbox, callers, std::move(db_manager), std::move(stop_trial), std::move(read_log));
}

}  // namespace hone::suggestion
