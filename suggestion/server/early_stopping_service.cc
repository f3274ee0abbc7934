#include "suggestion/server/early_stopping_service.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "algorithms/rule_catalogue.h"
#include "proto/api/v1beta1/api.grpc.pb.h"
#include "proto/model/observation.h"
#include "proto/rpc/answer.h"
#include "proto/rpc/status.h"
#include "proto/wire/api.h"
#include "suggestion/server/median_bar.h"
#include "suggestion/server/validation.h"

namespace hone::suggestion {
namespace {

namespace api = ::api::v1::beta1;

constexpr auto kReadDeadline = std::chrono::seconds(10);

/// The objective's values of one trial, as its DBManager has them.
Result<std::vector<double>> ReadValues(api::DBManager::Stub& manager,
                                       const std::string& metric,
                                       std::chrono::system_clock::time_point deadline,
                                       const std::string& trial) {
  api::GetObservationLogRequest request;
  request.set_trial_name(trial);
  request.set_metric_name(metric);
  api::GetObservationLogReply reply;
  grpc::ClientContext call;
  call.set_deadline(deadline);
  const grpc::Status status = manager.GetObservationLog(&call, request, &reply);
  if (!status.ok()) {
    return Wrap("reading the observations of trial " + trial, rpc::FromGrpc(status));
  }
  std::vector<double> values;
  for (const api::MetricLog& log : reply.observation_log().metric_logs()) {
    if (const auto value = ParseNumber(log.metric().value())) {
      values.push_back(*value);
    }
  }
  return values;
}

/// The same of a log that is at hand.
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

std::size_t SettingOf(const AlgorithmSpec& rule, const char* name) {
  const algorithms::Rule& known = *algorithms::FindRule(rule.name);
  return static_cast<std::size_t>(*algorithms::NumberOf(known.settings, rule.settings, name));
}

class EarlyStoppingService final : public api::EarlyStopping::CallbackService {
 public:
  EarlyStoppingService(const rpc::Gate& gate,
                       std::string db_manager,
                       StopTrial stop_trial,
                       ReadLog read_log)
      : gate_(gate),
        db_manager_(std::move(db_manager)),
        stop_trial_(std::move(stop_trial)),
        read_log_(std::move(read_log)) {}

  grpc::ServerUnaryReactor* GetEarlyStoppingRules(grpc::CallbackServerContext* call,
                                                  const api::GetEarlyStoppingRulesRequest* request,
                                                  api::GetEarlyStoppingRulesReply* reply) override {
    return rpc::Answer(gate_, *call, [&] { return FindRules(*request, *reply); });
  }

  grpc::ServerUnaryReactor* SetTrialStatus(grpc::CallbackServerContext* call,
                                           const api::SetTrialStatusRequest* request,
                                           api::SetTrialStatusReply* /*reply*/) override {
    return rpc::Answer(gate_, *call, [&]() -> Status {
      if (stop_trial_) {
        return stop_trial_(request->trial_name());
      }
      return Fail(Code::kUnimplemented,
                  "trial " + request->trial_name() +
                      ": this server holds no trials; the status is set where they are kept");
    });
  }

  grpc::ServerUnaryReactor* ValidateEarlyStoppingSettings(
      grpc::CallbackServerContext* call,
      const api::ValidateEarlyStoppingSettingsRequest* request,
      api::ValidateEarlyStoppingSettingsReply* /*reply*/) override {
    return rpc::Answer(gate_, *call, [&] {
      return ValidateStopping(proto::ReadAlgorithm(request->early_stopping()));
    });
  }

 private:
  Status FindRules(const api::GetEarlyStoppingRulesRequest& request,
                   api::GetEarlyStoppingRulesReply& reply) {
    const api::ExperimentSpec& spec = request.experiment().spec();
    const std::vector<std::string> succeeded = Succeeded(request);
    if (!spec.has_early_stopping() || succeeded.empty()) {
      return {};
    }
    const AlgorithmSpec rule = proto::ReadAlgorithm(spec.early_stopping());
    HONE_RETURN_IF_ERROR(ValidateStopping(rule));
    const std::size_t start_step = SettingOf(rule, "start_step");
    const std::string& metric = spec.objective().objective_metric_name();
    const std::string& address = db_manager_.empty() ? request.db_manager_address() : db_manager_;
    const auto manager =
        api::DBManager::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
    const auto deadline = std::chrono::system_clock::now() + kReadDeadline;
    HONE_ASSIGN_OR_RETURN(const std::optional<double> bar,
                          bar_.Find(request.experiment().SerializeAsString(),
                                    succeeded,
                                    start_step,
                                    SettingOf(rule, "min_trials_required"),
                                    [&](const std::string& trial) {
                                      return read_log_
                                                 ? ValuesOf(read_log_(trial), metric)
                                                 : ReadValues(*manager, metric, deadline, trial);
                                    }));
    if (bar) {
      api::EarlyStoppingRule& told = *reply.add_early_stopping_rules();
      told.set_name(metric);
      told.set_value(FormatNumber(*bar));
      told.set_comparison(spec.objective().type() == api::MAXIMIZE ? api::LESS : api::GREATER);
      told.set_start_step(static_cast<std::int32_t>(std::min<std::size_t>(start_step, INT32_MAX)));
    }
    return {};
  }

  const rpc::Gate& gate_;
  const std::string db_manager_;
  const StopTrial stop_trial_;
  const ReadLog read_log_;
  MedianBar bar_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeEarlyStoppingService(const rpc::Gate& gate,
                                                        std::string db_manager,
                                                        StopTrial stop_trial,
                                                        ReadLog read_log) {
  return std::make_unique<EarlyStoppingService>(
      gate, std::move(db_manager), std::move(stop_trial), std::move(read_log));
}

}  // namespace hone::suggestion
