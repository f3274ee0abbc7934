// bench_throughput: the cost of `hone run` in addition to the trials themselves, as the Markdown
// table of docs/performance.md. Measures the program hone from outside, and the same commands
// without it.
//
// Rates are measured in /dev/shm, if it exists: for some seconds after many files were deleted,
// ext4 slows every program that creates files to a third.
//
// usage: bench_throughput [--smoke]     --smoke: small counts, to check that it works
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "db/sqlite/sqlite_store.h"
#include "tests/bench/measured_process.h"
#include "tests/bench/table.h"
#include "tests/temporary_folder.h"

namespace hone::bench {
namespace {

constexpr int kRounds = 5;
/// The default algorithm, and one that costs nearly nothing per suggestion.
constexpr const char* kDefaultAlgorithm = "auto";
constexpr const char* kCheapAlgorithm = "random";

struct Sizes {
  int short_run = 2000;
  int long_run = 100'000;
  bool with_digits = true;
};

/// The number after `key` in hone's output; ends the program with that output if it is missing.
double NumberAfter(const std::string& output, const std::string& key) {
  const std::size_t at = output.find(key);
  if (at == std::string::npos) {
    std::fprintf(stderr, "bench_throughput: no \"%s\" in:\n%s\n", key.c_str(), output.c_str());
    std::_Exit(1);
  }
  return std::strtod(output.c_str() + at + key.size(), nullptr);
}

/// Trials of /bin/true succeed without a metric: hone then exits with "no result".
constexpr int kNoResult = 3;

Measurement MustRun(const std::vector<std::string>& command) {
  Measurement measurement = RunAndMeasure(command);
  if (measurement.exit_code != 0 && measurement.exit_code != kNoResult) {
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

/// A folder in memory, where no writeback of other files disturbs.
std::filesystem::path FastFolder() {
  const std::filesystem::path memory = "/dev/shm";
  std::error_code ignored;
  return std::filesystem::is_directory(memory, ignored) ? memory
                                                        : std::filesystem::temp_directory_path();
}

class Throughput {
 public:
  Throughput(std::string program, Sizes sizes) : program_(std::move(program)), sizes_(sizes) {}

  void Run() {
    BeginBarTable("trials", "what");
    // An empty folder, because the files in the working folder are linked into each trial's folder.
    const std::filesystem::path root = std::filesystem::current_path();
    std::filesystem::create_directory(folder_ / "here");
    std::filesystem::current_path(folder_ / "here");
    CompareWithSpawn("`/bin/true`", {"/bin/true", "{x}"}, {.share = ">= 0.7", .use = ">= 0.9"});
    CompareWithSpawn("`/bin/echo`, with its log and a metric", {"/bin/echo", "loss={x}"}, {});
    MeasureFreeSlots();
    MeasureLongExperiment();
    MeasureStart();
    std::filesystem::current_path(root);
    if (sizes_.with_digits) {
      MeasureDigits();
    }
  }

 private:
  /// `hone --store <name>` and `words`.
  [[nodiscard]] std::vector<std::string> Hone(const std::filesystem::path& store,
                                              const std::vector<std::string>& words) const {
    std::vector<std::string> command = {program_, "--store", store};
    command.insert(command.end(), words.begin(), words.end());
    return command;
  }

  [[nodiscard]] std::vector<std::string> RunOf(const std::filesystem::path& store,
                                               const std::string& algorithm,
                                               int trials,
                                               const std::vector<std::string>& command) const {
    std::vector<std::string> words = {"run",
                                      "--quiet",
                                      "--name=bench",
                                      "--algorithm=" + algorithm,
                                      "--minimize=loss",
                                      "--param=x=uniform:0..1",
                                      "--trials=" + std::to_string(trials),
                                      "--parallel=2",
                                      "--"};
    words.insert(words.end(), command.begin(), command.end());
    return Hone(store, words);
  }

  /// Measurements of an algorithm, one value per round.
  struct Rounds {
    std::vector<double> rates;
    std::vector<double> shares;
    /// Processor time of hone and of all trials, as a share of all cores' time: the part of the
    /// possible rate that is reached.
    std::vector<double> uses;
    std::vector<double> p50;
    std::vector<double> p95;
  };

  struct Bars {
    /// For the rate as a share of that of posix_spawn and wait.
    const char* share = "";
    /// For the rate of the default algorithm as a share of what the processor time allows.
    const char* use = "";
  };

  /// Rounds of the bare command, then of trials of it by each algorithm. Medians are used, so that
  /// a single disturbance does not count.
  void CompareWithSpawn(const std::string& what,
                        const std::vector<std::string>& command,
                        const Bars& bars) {
    std::vector<double> raw = {SpawnRate(command, sizes_.short_run, 2)};
    Rounds by_default;
    Rounds by_cheap;
    for (int round = 0; round < kRounds; ++round) {
      for (const auto& [algorithm, rounds] :
           {std::pair{kDefaultAlgorithm, &by_default}, std::pair{kCheapAlgorithm, &by_cheap}}) {
        const double rate = RunRound(algorithm, command, *rounds);
        raw.push_back(SpawnRate(command, sizes_.short_run, 2));
        rounds->shares.push_back(rate / ((raw[raw.size() - 2] + raw.back()) / 2));
      }
    }
    PrintRow(what + ": posix_spawn and wait alone, two at a time", "", "%.0f / s", Median(raw));
    PrintRounds(what + " with `auto`, the default: ", by_default, bars.share, bars.use);
    PrintRounds(what + " with `random`: ", by_cheap, bars.share, "");
  }

  /// Trials a second.
  double RunRound(const char* algorithm, const std::vector<std::string>& command, Rounds& rounds) {
    const TemporaryFolder folder(FastFolder());
    const Measurement run =
        MustRun(RunOf(folder / "short.db", algorithm, sizes_.short_run, command));
    rounds.rates.push_back(sizes_.short_run / run.seconds);
    rounds.uses.push_back(run.processor_seconds /
                          (run.seconds * std::thread::hardware_concurrency()));
    rounds.p50.push_back(NumberAfter(run.output, "p50 "));
    rounds.p95.push_back(NumberAfter(run.output, "p95 "));
    return rounds.rates.back();
  }

  static void PrintRounds(const std::string& what,
                          const Rounds& rounds,
                          const char* bar,
                          const char* use_bar) {
    PrintRow(
        what + "trials through `hone run`, two at a time", "", "%.0f / s", Median(rounds.rates));
    PrintRow("... as a share of posix_spawn and wait, median of 5 rounds",
             bar,
             "%.2f",
             Median(rounds.shares));
    PrintRow("... as a share of what the processor time of trials and hone leaves possible",
             use_bar,
             "%.2f",
             Median(rounds.uses));
    PrintRow("... from a trial's exit to the next start, p50", "", "%.2f ms", Median(rounds.p50));
    PrintRow("... p95", "<= 5 ms", "%.2f ms", Median(rounds.p95));
  }

  /// Trials that use no processor time: a free slot waits only for hone.
  void MeasureFreeSlots() {
    const std::vector<std::string> command = {"/bin/sh", "-c", "echo loss={x}; exec sleep 0.05"};
    std::vector<double> p50;
    std::vector<double> p95;
    for (int round = 0; round < kRounds; ++round) {
      const TemporaryFolder folder(FastFolder());
      const Measurement run =
          MustRun(RunOf(folder / "slots.db", kDefaultAlgorithm, sizes_.short_run / 10, command));
      p50.push_back(NumberAfter(run.output, "p50 "));
      p95.push_back(NumberAfter(run.output, "p95 "));
    }
    PrintRow(
        "trials of 50 ms with a metric with `auto`, two at a time: from a trial's exit to the "
        "next start, p50",
        "",
        "%.2f ms",
        Median(p50));
    PrintRow("... p95", "<= 2 ms", "%.2f ms", Median(p95));
  }

  void MeasureLongExperiment() {
    const int count = sizes_.long_run;
    const Measurement run =
        MustRun(RunOf(long_store_, kCheapAlgorithm, count, {"/bin/echo", "loss={x}"}));
    const int window = std::min(1000, count / 4);
    const double early = RateBetween(window, 2 * window);
    const double late = RateBetween(count - window, count);

    const std::string what =
        std::to_string(count) + " trials of `/bin/echo` with `random` in one experiment: ";
    PrintRow(what + "rate from trial " + std::to_string(window), "", "%.0f / s", early);
    PrintRow("... rate at the end", "", "%.0f / s", late);
    PrintRow("... as a share of the former", ">= 0.8", "%.2f", late / early);
    PrintRow("... peak memory", "<= 300 MB", "%.0f MB", run.peak_megabytes);
    PrintRow("... `hone get experiments`",
             "<= 200 ms",
             "%.0f ms",
             MedianMilliseconds(Hone(long_store_, {"get", "experiments"})));
    PrintRow("... `hone get trials bench --limit 10`",
             "<= 200 ms",
             "%.0f ms",
             MedianMilliseconds(Hone(long_store_, {"get", "trials", "bench", "--limit=10"})));
  }

  /// Trials per second between the ends of two trials, as stored.
  [[nodiscard]] double RateBetween(int first, int last) const {
    const Time start = CompletionOf(first);
    const Time end = CompletionOf(last);
    return (last - first) / std::chrono::duration<double>(end - start).count();
  }

  [[nodiscard]] Time CompletionOf(int ordinal) const {
    auto store = db::OpenSqliteStore(long_store_, db::SqliteAccess::kReadOnly);
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
    const double idle = IdleMegabytes(Hone(folder_ / "idle.db",
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
        MustRun(Hone(folder_ / "digits.db", {"run", "--quiet", "examples/digits/experiment.yaml"}));
    PrintRow("digits, 40 trials: time not spent in trials",
             "<= 2 %",
             "%.2f %%",
             NumberAfter(run.output, "infrastructure"));
  }

  const TemporaryFolder folder_;
  const std::filesystem::path long_store_ = folder_ / "long.db";
  std::string program_;
  Sizes sizes_;
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
  Throughput(HONE_PROGRAM,
             is_smoke ? hone::bench::Sizes{.short_run = 200, .long_run = 400, .with_digits = false}
                      : hone::bench::Sizes{})
      .Run();
  return 0;
}
