// What a question over gRPC costs, beside an empty call: one trial has ended
// since the last question, and one suggestion is wanted. Client and server are threads of one
// process, on loopback; the client's encoding is not counted.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include <benchmark/benchmark.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/client_unary_call.h>

#include "proto/api/v1beta1/api.grpc.pb.h"
#include "proto/rpc/gate.h"
#include "proto/rpc/server.h"
#include "suggestion/server/suggestion_service.h"

namespace hone::bench {
namespace {

namespace api = ::api::v1::beta1;

constexpr int kParameters = 10;

class Loopback {
 public:
  Loopback()
      : gate_(rpc::Gate::Read({}).value()), service_(suggestion::MakeSuggestionService(gate_)) {
    grpc::Service* const services[] = {service_.get()};
    server_ = rpc::Server::Start({.listen = "127.0.0.1:0"}, services, {}).value();
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    channel_ = grpc::CreateCustomChannel(
        server_->address(), grpc::InsecureChannelCredentials(), arguments);
  }

  /// Sends bytes and returns those that come back.
  std::string Call(const char* method, const std::string& request) {
    grpc::Slice slice(request);
    const grpc::ByteBuffer bytes(&slice, 1);
    grpc::ByteBuffer reply;
    grpc::ClientContext call;
    const grpc::Status status =
        grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
            channel_.get(),
            grpc::internal::RpcMethod(method, grpc::internal::RpcMethod::NORMAL_RPC, channel_),
            &call,
            bytes,
            &reply);
    if (!status.ok()) {
      std::fprintf(stderr, "%s: %s\n", method, status.error_message().c_str());
      std::abort();
    }
    grpc::Slice whole;
    std::string text;
    if (reply.DumpToSingleSlice(&whole).ok()) {
      text.assign(static_cast<const char*>(static_cast<const void*>(whole.begin())), whole.size());
    }
    return text;
  }

 private:
  rpc::Gate gate_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<rpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

api::GetSuggestionsRequest Question(const std::string& algorithm) {
  api::GetSuggestionsRequest request;
  request.mutable_experiment()->set_name("bench");
  api::ExperimentSpec& spec = *request.mutable_experiment()->mutable_spec();
  spec.mutable_algorithm()->set_algorithm_name(algorithm);
  spec.mutable_objective()->set_type(api::MINIMIZE);
  spec.mutable_objective()->set_objective_metric_name("loss");
  for (int i = 0; i < kParameters; ++i) {
    api::ParameterSpec& parameter = *spec.mutable_parameter_specs()->add_parameters();
    parameter.set_name("parameter-" + std::to_string(i));
    parameter.set_parameter_type(api::DOUBLE);
    parameter.mutable_feasible_space()->set_min("0");
    parameter.mutable_feasible_space()->set_max("1");
  }
  return request;
}

/// Makes ended trials of an answer.
void Take(const std::string& answer, api::GetSuggestionsRequest& request) {
  api::GetSuggestionsReply reply;
  reply.ParseFromString(answer);
  for (auto& one : *reply.mutable_parameter_assignments()) {
    api::Trial& trial = *request.add_trials();
    trial.set_name("bench-" + std::to_string(request.trials_size()));
    double loss = 0;
    for (const auto& assignment : one.assignments()) {
      const double off = std::stod(assignment.value()) - 0.4;
      loss += off * off;
    }
    *trial.mutable_spec()->mutable_parameter_assignments()->mutable_assignments() =
        std::move(*one.mutable_assignments());
    *trial.mutable_spec()->mutable_labels() = one.labels();
    *trial.mutable_spec()->mutable_objective() = request.experiment().spec().objective();
    trial.mutable_status()->set_condition(api::TrialStatus::SUCCEEDED);
    trial.mutable_status()->set_start_time("2026-01-01T00:00:00Z");
    api::Metric& metric = *trial.mutable_status()->mutable_observation()->add_metrics();
    metric.set_name("loss");
    metric.set_value(std::to_string(loss));
  }
}

void Ask(api::GetSuggestionsRequest& request, int count) {
  request.set_current_request_number(count);
  request.set_total_request_number(request.trials_size() + count);
}

void EmptyCall(benchmark::State& state) {
  Loopback loopback;
  for (auto _ : state) {
    benchmark::DoNotOptimize(loopback.Call("/grpc.health.v1.Health/Check", ""));
  }
}
BENCHMARK(EmptyCall)->UseRealTime()->Unit(benchmark::kMicrosecond);

void GetSuggestions(benchmark::State& state, const char* algorithm) {
  constexpr const char* kMethod = "/api.v1.beta1.Suggestion/GetSuggestions";
  Loopback loopback;
  api::GetSuggestionsRequest request = Question(algorithm);
  while (request.trials_size() < state.range(0)) {
    Ask(request, std::min(1000, static_cast<int>(state.range(0)) - request.trials_size()));
    Take(loopback.Call(kMethod, request.SerializeAsString()), request);
  }
  for (auto _ : state) {
    state.PauseTiming();
    Ask(request, 1);
    const std::string question = request.SerializeAsString();
    state.ResumeTiming();
    const std::string answer = loopback.Call(kMethod, question);
    state.PauseTiming();
    Take(answer, request);
    state.ResumeTiming();
  }
  state.counters["MB"] = static_cast<double>(request.ByteSizeLong()) / 1e6;
}
void Histories(benchmark::internal::Benchmark* bench) {
  bench->Arg(100)->Arg(1000)->Arg(10'000)->Iterations(50)->UseRealTime()->Unit(
      benchmark::kMicrosecond);
}
BENCHMARK_CAPTURE(GetSuggestions, random, "random")->Apply(Histories);
BENCHMARK_CAPTURE(GetSuggestions, tpe, "tpe")->Apply(Histories);

}  // namespace
}  // namespace hone::bench
