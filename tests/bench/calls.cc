// bench_calls: the cost of a gRPC request for suggestions, beside an empty call of the same run, as
// the Markdown tables of docs/performance.md. Client and server are threads of one process, on
// loopback; the client's encoding is not counted.
//
// usage: bench_calls [--smoke]     --smoke: small counts, to check that it works
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/loopback.h"
#include "tests/bench/question.h"
#include "tests/bench/table.h"
#include "tests/bench/tuner_calls.h"

namespace hone::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kAsk = "/api.v1.beta1.Suggestion/GetSuggestions";
constexpr const char* kEmpty = "/grpc.health.v1.Health/Check";
constexpr int kClients = 8;
constexpr int kRounds = 5;

struct Sizes {
  std::vector<int> histories = {100, 1000, 10'000};
  std::vector<int> studies = {100, 1000, 10'000, 100'000};
  int questions = 50;
  /// Calls of one client per round.
  int calls = 2000;
};

double Seconds(const std::function<void()>& what) {
  const auto start = Clock::now();
  what();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Maximum in ms above an empty call.
const char* BarOf(int trials) {
  if (trials == 100) {
    return "1";
  }
  return trials == 10'000 ? "15" : "";
}

/// Each request follows the end of one trial and asks for one suggestion.
void MeasureHistory(const char* algorithm, int trials, int questions) {
  Loopback loopback;
  Client client(loopback.address());
  Dialog dialog(algorithm, "bench");
  while (dialog.trials() < trials) {
    const int count = std::min(1000, trials - dialog.trials());
    dialog.Take(client.Call(kAsk, dialog.Ask(count)));
  }
  dialog.Take(client.Call(kAsk, dialog.Ask(1)));
  std::vector<double> empty;
  std::vector<double> carried;
  std::vector<double> asked;
  std::size_t bytes = 0;
  for (int i = 0; i < questions; ++i) {
    const std::string question = dialog.Ask(1);
    bytes = question.size();
    empty.push_back(Seconds([&] { client.Call(kEmpty, ""); }) * 1000);
    carried.push_back(Seconds([&] { client.Call(kIgnore, question); }) * 1000);
    std::string answer;
    asked.push_back(Seconds([&] { answer = client.Call(kAsk, question); }) * 1000);
    dialog.Take(answer);
  }
  std::printf("| `%s` | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %s |\n",
              algorithm,
              trials,
              static_cast<double>(bytes) / 1e6,
              Median(empty),
              Median(carried),
              Median(asked),
              Median(asked) - Median(empty),
              BarOf(trials));
  std::fflush(stdout);
}

void CallInTurn(Client& client,
                const char* method,
                const std::vector<std::string>& requests,
                int calls) {
  for (int call = 0; call < calls; ++call) {
    client.Call(method, requests[static_cast<std::size_t>(call) % requests.size()]);
  }
}

/// Total calls per second of all clients, each with its own channel and list of requests.
double Rate(std::vector<Client>& clients,
            const char* method,
            const std::vector<std::vector<std::string>>& requests,
            int calls) {
  const double seconds = Seconds([&] {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      threads.emplace_back([&, i] { CallInTurn(clients[i], method, requests[i], calls); });
    }
  });
  return static_cast<double>(clients.size()) * calls / seconds;
}

/// Each client asks about its own experiment, from the first trial to the last, repeatedly.
void MeasureClients(int calls) {
  constexpr int kTrials = 32;
  Loopback loopback;
  std::vector<Client> clients;
  std::vector<std::vector<std::string>> questions(kClients);
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.emplace_back(loopback.address());
    Dialog dialog("random", "bench-" + std::to_string(i));
    while (dialog.trials() < kTrials) {
      questions[i].push_back(dialog.Ask(1));
      dialog.Take(clients[i].Call(kAsk, questions[i].back()));
    }
  }
  const std::vector<std::vector<std::string>> nothing(kClients, {""});
  std::vector<double> empty;
  std::vector<double> carried;
  std::vector<double> asked;
  std::vector<double> shares;
  for (int round = 0; round < kRounds; ++round) {
    empty.push_back(Rate(clients, kEmpty, nothing, calls));
    carried.push_back(Rate(clients, kIgnore, questions, calls));
    asked.push_back(Rate(clients, kAsk, questions, calls));
    shares.push_back(asked.back() / empty.back());
  }
  PrintRow("empty calls", "", "%.0f / s", Median(empty));
  PrintRow("... that carry the questions of the next row", "", "%.0f / s", Median(carried));
  PrintRow("... questions to `random`, of 0 to 31 trials", "", "%.0f / s", Median(asked));
  PrintRow(
      "... as a share of the empty calls, median of 5 rounds", ">= 0.5", "%.2f", Median(shares));
}

void Run(const Sizes& sizes) {
  BeginTable("questions",
             {"times in ms",
              "trials",
              "MB",
              "empty call",
              "... with the same bytes",
              "question",
              "above the empty call",
              "at most"});
  for (const char* const algorithm : {"random", "tpe"}) {
    for (const int trials : sizes.histories) {
      MeasureHistory(algorithm, trials, sizes.questions);
    }
  }
  BeginBarTable("question-rate", "8 clients, each with an experiment of its own");
  MeasureClients(sizes.calls);
  MeasureTuner(sizes.studies, sizes.questions);
  MeasureTunerClients(sizes.calls);
}

}  // namespace
}  // namespace hone::bench

int main(int argc, char** argv) {
  const bool is_smoke = argc == 2 && std::string_view(argv[1]) == "--smoke";
  if (argc > 1 && !is_smoke) {
    std::fputs("usage: bench_calls [--smoke]\n", stderr);
    return 2;
  }
  hone::bench::Run(is_smoke ? hone::bench::Sizes{{100}, {100}, 5, 50} : hone::bench::Sizes{});
  return 0;
}
