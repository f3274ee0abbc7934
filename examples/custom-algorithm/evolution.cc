// A (1+1) evolution strategy as a service that hone (or Katib) asks for points: a complete
// algorithm in one file of C++. README.md describes how to build and run it.
//
// Every request carries the whole history, so the service keeps no state and may be restarted at
// any time.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <sstream>
#include <string>

#include <grpcpp/grpcpp.h>

#include "proto/api/v1beta1/api.grpc.pb.h"

namespace {

namespace api = ::api::v1::beta1;

bool IsNumber(const api::ParameterSpec& parameter) {
  return parameter.parameter_type() == api::DOUBLE || parameter.parameter_type() == api::INT;
}

/// Formats a number that is clamped to its range and rounded to its step, counted from min.
std::string Write(const api::ParameterSpec& parameter, double number) {
  const api::FeasibleSpace& space = parameter.feasible_space();
  const double low = std::stod(space.min());
  const double high = std::stod(space.max());
  const bool is_int = parameter.parameter_type() == api::INT;
  const double step = !space.step().empty() ? std::stod(space.step()) : is_int ? 1 : 0;
  number = std::clamp(number, low, high);
  if (step > 0) {
    const double steps =
        std::min(std::round((number - low) / step), std::floor((high - low) / step));
    number = low + step * steps;
  }
  std::ostringstream text;
  text.precision(17);
  text << number;
  return text.str();
}

std::string Draw(const api::ParameterSpec& parameter, std::mt19937_64& random) {
  const api::FeasibleSpace& space = parameter.feasible_space();
  if (!IsNumber(parameter)) {
    return space.list(static_cast<int>(random() % static_cast<unsigned>(space.list_size())));
  }
  std::uniform_real_distribution<double> uniform(std::stod(space.min()), std::stod(space.max()));
  return Write(parameter, uniform(random));
}

/// A neighbour of a value.
std::string Mutate(const api::ParameterSpec& parameter,
                   const std::string& value,
                   std::mt19937_64& random) {
  const api::FeasibleSpace& space = parameter.feasible_space();
  if (!IsNumber(parameter)) {
    return random() % 4 == 0 ? Draw(parameter, random) : value;
  }
  const double range = std::stod(space.max()) - std::stod(space.min());
  return Write(parameter,
               std::stod(value) + std::normal_distribution<double>(0, range / 8)(random));
}

/// The trial with the best value so far; null if none has succeeded.
const api::Trial* FindBest(const api::GetSuggestionsRequest& request) {
  const api::ObjectiveSpec& objective = request.experiment().spec().objective();
  const api::Trial* best = nullptr;
  double least = 0;
  for (const api::Trial& trial : request.trials()) {
    for (const api::Metric& metric : trial.status().observation().metrics()) {
      if (trial.status().condition() != api::TrialStatus::SUCCEEDED ||
          metric.name() != objective.objective_metric_name()) {
        continue;
      }
      const double value = std::stod(metric.value());
      const double loss = objective.type() == api::MAXIMIZE ? -value : value;
      if (best == nullptr || loss < least) {
        best = &trial;
        least = loss;
      }
    }
  }
  return best;
}

class Evolution final : public api::Suggestion::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetSuggestions(grpc::CallbackServerContext* call,
                                           const api::GetSuggestionsRequest* request,
                                           api::GetSuggestionsReply* reply) override {
    const auto& parameters = request->experiment().spec().parameter_specs().parameters();
    const api::Trial* const best = FindBest(*request);
    for (int i = 0; i < request->current_request_number(); ++i) {
      // Equal requests get equal replies.
      std::mt19937_64 random(static_cast<unsigned>(request->total_request_number() -
                                                   request->current_request_number() + i));
      auto& answer = *reply->add_parameter_assignments();
      for (int p = 0; p < parameters.size(); ++p) {
        auto& assignment = *answer.add_assignments();
        assignment.set_name(parameters[p].name());
        assignment.set_value(
            best == nullptr ? Draw(parameters[p], random)
                            : Mutate(parameters[p],
                                     best->spec().parameter_assignments().assignments(p).value(),
                                     random));
      }
    }
    return Finish(*call);
  }

  grpc::ServerUnaryReactor* ValidateAlgorithmSettings(
      grpc::CallbackServerContext* call,
      const api::ValidateAlgorithmSettingsRequest* /*request*/,
      api::ValidateAlgorithmSettingsReply* /*reply*/) override {
    return Finish(*call);
  }

 private:
  static grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext& call) {
    grpc::ServerUnaryReactor* const reactor = call.DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int main(int argc, char** argv) {
  const std::string address = argc > 1 ? argv[1] : "127.0.0.1:6791";
  Evolution evolution;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(-1);
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&evolution);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    std::cerr << "cannot listen on " << address << "\n";
    return 1;
  }
  std::cout << "listening on " << address.substr(0, address.rfind(':') + 1) << port << std::endl;
  server->Wait();
}
