// bench_throughput: what `hone run` costs beside the trials themselves, as the Markdown table of
// docs/performance.md. Measures the program hone from outside, and the same commands without it.
//
// usage: bench_throughput [--smoke]     --smoke: small counts, to see that it works
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "db/sqlite/sqlite_store.h"
#include "tests/bench/measured_process.h"
#include "tests/bench/table.h"
#include "tests/temporary_folder.h"

namespace hone::bench {
namespace {

constexpr int kRounds = 5;

struct Sizes {
  int short_run = 2000;
  int long_run = 100'000;
  bool with_digits = true;
};

/// The number after `key` in what hone printed; ends the program with that text if it is not there.
double NumberAfter(const std::string& output, const std::string& key) {
  const std::size_t at = output.find(key);
  if (at == std::string::npos) {
    std::fprintf(stderr, "bench_throughput: no \"%s\" in:\n%s\n", key.c_str(), output.c_str());
    std::_Exit(1);
  }
  return std::strtod(output.c_str() + at + key.size(), nullptr);
}

Measurement MustRun(const std::vector<std::string>& command) {
  Measurement measurement = RunAndMeasure(command);
  if (measurement.exit_code != 0) {
    std::fprintf(stderr,
                 "bench_throughput: %s: exit code %d\n%s\n",
                 command.front().c_str(),
                 measurement.exit_code,
                 measurement.output.c_str());
    std::_Exit(1);
  }
  return measurement;
}

double MedianMilliseconds(const std::vector<std::string>& command) {
  std::vector<double> times(kRounds);
  for (double& time : times) {
    time = MustRun(command).seconds * 1000;
  }
  return Median(times);
}

class Throughput {
 public:
  Throughput(std::string program, std::filesystem::path folder, Sizes sizes)
      : program_(std::move(program)), folder_(std::move(folder)), sizes_(sizes) {}

  void Run() {
    std::printf("| what | bar | measured |\n|---|---|---|\n");
    MeasureRateAgainstSpawn();
    MeasureLongExperiment();
    MeasureStart();
    if (sizes_.with_digits) {
      MeasureDigits();
    }
  }

 private:
  [[nodiscard]] std::string StorePath(const std::string& name) const { return folder_ / name; }

  /// `hone --store <name>` and `words`.
  [[nodiscard]] std::vector<std::string> Hone(const std::string& name,
                                              const std::vector<std::string>& words) const {
    std::vector<std::string> command = {program_, "--store", StorePath(name)};
    command.insert(command.end(), words.begin(), words.end());
    return command;
  }

  [[nodiscard]] std::vector<std::string> RunOf(const std::string& store,
                                               int trials,
                                               const std::vector<std::string>& command) const {
    std::vector<std::string> words = {"run",
                                      "--quiet",
                                      "--name=bench",
                                      "--minimize=loss",
                                      "--param=x=uniform:0..1",
                                      "--trials=" + std::to_string(trials),
                                      "--parallel=2",
                                      "--"};
    words.insert(words.end(), command.begin(), command.end());
    return Hone(store, words);
  }

  void MeasureRateAgainstSpawn() {
    CompareWithSpawn("/bin/true", {"/bin/true", "{x}"}, ">= 0.7");
    const Measurement run =
        CompareWithSpawn("/bin/echo, with its log and a metric", {"/bin/echo", "loss={x}"}, "");
    PrintRow("from a trial's exit to the next start, p50",
             "",
             "%.2f ms",
             NumberAfter(run.output, "p50 "));
    PrintRow("... p95", "<= 5 ms", "%.2f ms", NumberAfter(run.output, "p95 "));
  }

  /// Rounds of the bare command, then of trials of it: the medians, so that a loud neighbour counts
  /// once. Returns the last run.
  Measurement CompareWithSpawn(const std::string& what,
                               const std::vector<std::string>& command,
                               const char* bar) {
    std::vector<double> raw = {SpawnRate(command, sizes_.short_run, 2)};
    std::vector<double> rates;
    std::vector<double> shares;
    Measurement run;
    for (int round = 0; round < kRounds; ++round) {
      const std::string store = "short-" + std::to_string(stores_++) + ".db";
      run = MustRun(RunOf(store, sizes_.short_run, command));
      raw.push_back(SpawnRate(command, sizes_.short_run, 2));
      rates.push_back(sizes_.short_run / run.seconds);
      shares.push_back(rates.back() / ((raw[raw.size() - 2] + raw.back()) / 2));
    }
    PrintRow(what + ": posix_spawn and wait alone, two at a time", "", "%.0f / s", Median(raw));
    PrintRow(what + ": trials through `hone run`, two at a time", "", "%.0f / s", Median(rates));
    PrintRow(what + ": ... as a share of the former", bar, "%.2f", Median(shares));
    return run;
  }

  void MeasureLongExperiment() {
    const int count = sizes_.long_run;
    const Measurement run = MustRun(RunOf("long.db", count, {"/bin/echo", "loss={x}"}));
    const int window = std::min(1000, count / 4);
    const double early = RateBetween(window, 2 * window);
    const double late = RateBetween(count - window, count);

    const std::string what = std::to_string(count) + " trials: ";
    PrintRow(what + "rate from trial " + std::to_string(window), "", "%.0f / s", early);
    PrintRow(what + "rate at the end", "", "%.0f / s", late);
    PrintRow(what + "... as a share of the former", ">= 0.8", "%.2f", late / early);
    PrintRow(what + "peak memory", "<= 300 MB", "%.0f MB", run.peak_megabytes);
    PrintRow(what + "`hone get experiments`",
             "<= 200 ms",
             "%.0f ms",
             MedianMilliseconds(Hone("long.db", {"get", "experiments"})));
    PrintRow(what + "`hone get trials bench --limit 10`",
             "<= 200 ms",
             "%.0f ms",
             MedianMilliseconds(Hone("long.db", {"get", "trials", "bench", "--limit=10"})));
  }

  /// Trials a second between the ends of two trials, as the store has them.
  [[nodiscard]] double RateBetween(int first, int last) const {
    const Time start = CompletionOf(first);
    const Time end = CompletionOf(last);
    return (last - first) / std::chrono::duration<double>(end - start).count();
  }

  [[nodiscard]] Time CompletionOf(int ordinal) const {
    auto store = db::OpenSqliteStore(StorePath("long.db"), db::SqliteAccess::kReadOnly);
    HONE_CHECK(store.has_value());
    db::TrialQuery query;
    query.experiment = {"default", "bench"};
    query.after_ordinal = static_cast<std::uint64_t>(ordinal) - 1;
    query.limit = 1;
    const auto trials = (*store)->ListTrials(query);
    HONE_CHECK(trials.has_value() && trials->size() == 1);
    return trials->front().completed;
  }

  void MeasureStart() {
    PrintRow("`hone version`", "<= 30 ms", "%.1f ms", MedianMilliseconds({program_, "version"}));
    const double idle = IdleMegabytes(Hone("idle.db",
                                           {"run",
                                            "--quiet",
                                            "--minimize=loss",
                                            "--param=x=uniform:0..1",
                                            "--trials=1",
                                            "--",
                                            "/bin/sh",
                                            "-c",
                                            "sleep 600",
                                            "{x}"}));
    PrintRow("memory while one trial sleeps", "<= 40 MB", "%.1f MB", idle);
  }

  void MeasureDigits() {
    const Measurement run =
        MustRun(Hone("digits.db", {"run", "--quiet", "examples/digits/experiment.yaml"}));
    PrintRow("digits, 40 trials: time not spent in trials",
             "<= 2 %",
             "%.2f %%",
             NumberAfter(run.output, "infrastructure"));
  }

  std::string program_;
  std::filesystem::path folder_;
  Sizes sizes_;
  int stores_ = 0;
};

}  // namespace
}  // namespace hone::bench

int main(int argc, char** argv) {
  using hone::bench::Throughput;
  const bool is_smoke = argc == 2 && std::string_view(argv[1]) == "--smoke";
  if (argc > 1 && !is_smoke) {
    std::fputs("usage: bench_throughput [--smoke]\n", stderr);
    return 2;
  }
  const hone::TemporaryFolder folder;
  Throughput(HONE_PROGRAM,
             folder.path(),
             is_smoke ? hone::bench::Sizes{.short_run = 200, .long_run = 400, .with_digits = false}
                      : hone::bench::Sizes{})
      .Run();
  return 0;
}
