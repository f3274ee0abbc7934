#include "tests/bench/tuner_calls.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "controller/api/tuner_service.h"
#include "db/sqlite/sqlite_store.h"
#include "db/store/transition.h"
#include "proto/hone/v1/tuner.pb.h"
#include "suggestion/engine/in_process_suggester.h"
#include "tests/bench/loopback.h"
#include "tests/bench/table.h"
#include "tests/temporary_folder.h"

namespace hone::bench {
namespace {

constexpr const char* kEmpty = "/grpc.health.v1.Health/Check";
constexpr int kClients = 8;
constexpr int kRounds = 5;
constexpr int kParameters = 10;
constexpr int kTrialsOfACommit = 1000;

double Milliseconds(const auto& what) {
  const auto start = std::chrono::steady_clock::now();
  what();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

std::string ManifestOf(const std::string& algorithm) {
  std::string parameters;
  for (int i = 0; i < kParameters; ++i) {
    parameters += (i > 0 ? "," : "") + std::string(R"({"name":"p)") + std::to_string(i) +
                  R"(","parameterType":"double","feasibleSpace":{"min":"0","max":"1"}})";
  }
  return R"({"apiVersion":"kubeflow.org/v1beta1","kind":"Experiment","metadata":{"name":"bench"},)"
         R"("spec":{"objective":{"type":"minimize","objectiveMetricName":"loss"},"algorithm":)"
         R"({"algorithmName":")" +
         algorithm + R"("},"parameters":[)" + parameters + "]}}";
}

/// `hone serve` in this process, with one study.
class Served {
 public:
  explicit Served(const std::string& algorithm)
      : store_(db::OpenSqliteStore(folder_ / "s.db", db::SqliteAccess::kReadWrite).value()),
        epoch_(store_->AcquireEpoch().value()),
        tuner_(controller::Tuner::Make({.world = {*store_, clock_, epoch_},
                                        .services = {},
                                        .make_suggester =
                                            [this](const controller::Tuner::WakeStudy&) {
                                              return suggestion::MakeInProcessSuggester(*store_);
                                            }})),
        service_(controller::MakeTunerService(outbox_, callers_, *tuner_)) {
    grpc::Service* const services[] = {service_.get()};
    server_ = rpc::Server::Start({.listen = {{.host = "127.0.0.1"}}}, services, {}).value();
    HONE_CHECK(
        tuner_->Create(access::Caller::Unrestricted("bench"), ManifestOf(algorithm)).has_value());
  }
  [[nodiscard]] std::string address() const { return server_->Addresses().front(); }

  /// Gives the study `count` trials that have ended.
  void Fill(int count) {
    Experiment experiment = store_->GetExperiment({"default", "bench"}).value();
    for (int done = 0; done < count; done += kTrialsOfACommit) {
      db::Transition transition{.epoch = epoch_, .experiment = experiment};
      for (int i = done; i < std::min(count, done + kTrialsOfACommit); ++i) {
        transition.created.push_back(ATrial(experiment, i));
      }
      TrialCounts& counts = transition.experiment.status.counts;
      counts.created += static_cast<std::int64_t>(transition.created.size());
      counts.succeeded = counts.created;
      HONE_CHECK(store_->Commit(transition).has_value());
      experiment = transition.experiment;
    }
  }

 private:
  Trial ATrial(const Experiment& experiment, int index) const {
    Trial trial{.experiment = experiment.key, .ordinal = static_cast<std::uint64_t>(index) + 1};
    double loss = 0;
    for (int i = 0; i < kParameters; ++i) {
      const double value = static_cast<double>((index + 1) * (i + 37) % 9973) / 9973;
      loss += (value - 0.4) * (value - 0.4);
      trial.assignments.push_back({"p" + std::to_string(i), FormatNumber(value)});
    }
    const std::string text = FormatNumber(loss);
    trial.state = TrialState::kSucceeded;
    trial.created = trial.started = trial.completed = clock_.Now();
    trial.metrics = {{"loss", text, text, text}};
    return trial;
  }

  TemporaryFolder folder_;
  SystemClock clock_;
  std::unique_ptr<db::Store> store_;
  std::uint64_t epoch_;
  std::unique_ptr<controller::Tuner> tuner_;
  rpc::Outbox outbox_;
  access::Callers callers_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<rpc::Server> server_;
};

/// One worker of the study.
class Worker {
 public:
  Worker(const std::string& address, const std::string& name) : client_(address) {
    ask_.set_study("bench");
    ask_.set_count(1);
    ask_.set_client_id(name);
    tell_.set_study("bench");
    (*tell_.mutable_metrics())["loss"] = 1;
  }

  void Ask() {
    v1::AskReply reply;
    HONE_CHECK(reply.ParseFromString(client_.Call("/hone.v1.Tuner/Ask", ask_.SerializeAsString())));
    HONE_CHECK(reply.trials_size() == 1);
    tell_.set_trial(reply.trials(0).number());
  }
  void Tell() { client_.Call("/hone.v1.Tuner/Tell", tell_.SerializeAsString()); }
  void CallNothing() { client_.Call(kEmpty, ""); }

 private:
  Client client_;
  v1::AskRequest ask_;
  v1::TellRequest tell_;
};

void MeasureStudy(const char* algorithm, int trials, int calls) {
  Served served(algorithm);
  served.Fill(trials);
  Worker worker(served.address(), "worker");
  const double first = Milliseconds([&] { worker.Ask(); });  // reads the study
  worker.Tell();
  std::vector<double> empty;
  std::vector<double> asked;
  std::vector<double> told;
  for (int i = 0; i < calls; ++i) {
    empty.push_back(Milliseconds([&] { worker.CallNothing(); }));
    asked.push_back(Milliseconds([&] { worker.Ask(); }));
    told.push_back(Milliseconds([&] { worker.Tell(); }));
  }
  std::printf("| `%s` | %d | %.2f | %.2f | %.2f | %.0f |\n",
              algorithm,
              trials,
              Median(empty),
              Median(asked),
              Median(told),
              first);
  std::fflush(stdout);
}

void Repeat(int times, const auto& what) {
  for (int i = 0; i < times; ++i) {
    what();
  }
}

void WorkTogether(std::vector<Worker>& workers, int calls, const auto& round) {
  std::vector<std::jthread> threads;
  for (Worker& worker : workers) {
    threads.emplace_back([&] { Repeat(calls, [&] { round(worker); }); });
  }
}

/// Total rounds per second of all workers.
double Rate(std::vector<Worker>& workers, int calls, const auto& round) {
  const double milliseconds = Milliseconds([&] { WorkTogether(workers, calls, round); });
  return static_cast<double>(workers.size()) * calls / milliseconds * 1000;
}

}  // namespace

void MeasureTuner(const std::vector<int>& histories, int calls) {
  BeginTable("asks",
             {"times in ms",
              "trials",
              "empty call",
              "Ask",
              "Tell",
              "the first Ask, which reads the study"});
  for (const char* const algorithm : {"random", "tpe"}) {
    for (const int trials : histories) {
      MeasureStudy(algorithm, trials, calls);
    }
  }
}

void MeasureTunerClients(int calls) {
  Served served("random");
  std::vector<Worker> workers;
  for (int i = 0; i < kClients; ++i) {
    workers.emplace_back(served.address(), "worker-" + std::to_string(i));
  }
  std::vector<double> empty;
  std::vector<double> worked;
  std::vector<double> shares;
  for (int round = 0; round < kRounds; ++round) {
    empty.push_back(Rate(workers, calls, [](Worker& worker) { worker.CallNothing(); }));
    worked.push_back(Rate(workers, calls, [](Worker& worker) {
      worker.Ask();
      worker.Tell();
    }));
    shares.push_back(2 * worked.back() / empty.back());
  }
  BeginBarTable("ask-rate", "8 clients of one study of `random`");
  PrintRow("empty calls", "", "%.0f / s", Median(empty));
  PrintRow("trials asked for and told, two calls each", "", "%.0f / s", Median(worked));
  PrintRow("... their calls as a share of the empty calls", "", "%.2f", Median(shares));
}

}  // namespace hone::bench
