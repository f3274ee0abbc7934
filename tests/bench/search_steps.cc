// bench_micro: the time of search algorithms and stopping rules, by the number of trials.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <time.h>

#include "algorithms/catalogue.h"
#include "algorithms/numerics/asha_schedule.h"
#include "algorithms/numerics/counter_random.h"
#include "algorithms/rule_catalogue.h"
#include "proto/model/normal_distribution.h"

namespace hone::bench {
namespace {

/// Linear and logarithmic numbers; if `is_mixed`, also ints and categories.
ParameterSpec BenchParameter(int number, bool is_mixed) {
  const int kind = is_mixed ? number % 4 : number % 2;
  ParameterSpec spec;
  spec.name = "x" + std::to_string(number);
  if (kind == 3) {
    spec.type = ParameterType::kCategorical;
    spec.feasible_space.list = {"a", "b", "c", "d"};
    return spec;
  }
  spec.type = kind == 2 ? ParameterType::kInt : ParameterType::kDouble;
  spec.feasible_space = {kind == 1 ? "0.001" : "1",
                         "32",
                         "",
                         {},
                         kind == 1 ? Distribution::kLogUniform : Distribution::kUniform};
  return spec;
}

SearchSpace SpaceOf(const std::vector<ParameterSpec>& specs) {
  FieldErrors errors;
  const auto space = SearchSpace::Make(specs, "spec.parameters", errors);
  HONE_CHECK(space.has_value());
  return *space;
}

/// Parameters of four kinds, or only floating-point numbers.
SearchSpace TenParameters(bool are_mixed) {
  std::vector<ParameterSpec> specs;
  for (int i = 0; i < 10; ++i) {
    specs.push_back(BenchParameter(i, are_mixed));
  }
  return SpaceOf(specs);
}

SearchSpace TenInts() {
  std::vector<ParameterSpec> specs;
  for (int i = 0; i < 10; ++i) {
    specs.push_back(BenchParameter(4 * i + 2, true));
  }
  return SpaceOf(specs);
}

void Suggest(benchmark::State& state,
             const algorithms::Algorithm* algorithm,
             const SearchSpace& space) {
  const auto search =
      algorithm->make({.space = space, .settings = {}, .seed = 1, .max_trials = {}});
  std::uint64_t ordinal = 0;
  while (state.KeepRunning()) {
    const algorithms::Proposals proposals = search->Suggest(++ordinal, 1);
    benchmark::DoNotOptimize(proposals.list.data());
  }
}
BENCHMARK_CAPTURE(Suggest, random, algorithms::Find("random"), TenParameters(true));
BENCHMARK_CAPTURE(Suggest, sobol, algorithms::Find("sobol"), TenParameters(true));
BENCHMARK_CAPTURE(Suggest, grid, algorithms::Find("grid"), TenInts());

struct History {
  const algorithms::Algorithm* algorithm = nullptr;
  bool is_mixed = true;
  /// How far the trials are spread around the optimum, as a share of each range; 1: everywhere.
  double spread = 1;
  std::string candidates = "";
  /// Trials that have begun and not ended, in addition to the ended ones.
  std::uint64_t running = 0;
};

Point PointOf(const History& history, const SearchSpace& space, std::uint64_t ordinal) {
  algorithms::CounterRandom random(1, ordinal);
  Point point;
  for (const Parameter& parameter : space.parameters()) {
    double uniform = random.Uniform();
    if (history.spread < 1) {
      uniform = TruncatedNormal{0.3, history.spread, 0, 1}.Quantile(uniform);
    }
    point.push_back(parameter.Quantile(uniform));
  }
  return point;
}

/// Processor time of this thread, which depends less on other work on the machine than real time.
double ThreadMicroseconds() {
  timespec now{};
  HONE_CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) * 1e-3;
}

/// With fewer than a hundred values p99_us is the maximum.
void CountPercentiles(benchmark::State& state, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  state.counters["p50_us"] = times[times.size() / 2];
  state.counters["p99_us"] = times[times.size() * 99 / 100];
}

/// A suggestion and the result of its trial, after state.range(0) trials have ended. Only a few are
/// requested, so that the history keeps its length.
void AskAndTell(benchmark::State& state, const History& history) {
  const SearchSpace space = TenParameters(history.is_mixed);
  const std::size_t heap = mallinfo2().uordblks;
  std::vector<Setting> settings;
  if (!history.candidates.empty()) {
    settings = {{"n_EI_candidates", history.candidates}};
  }
  const auto search =
      history.algorithm->make({.space = space, .settings = settings, .seed = 1, .max_trials = {}});
  std::uint64_t ordinal = 0;
  for (; ordinal < history.running; ++ordinal) {
    const algorithms::ObservedTrial trial{
        ordinal + 1, PointOf(history, space, ~ordinal), {}, {}, {}};
    search->Observe({&trial, 1});
  }
  const auto tell = [&](Point point) {
    algorithms::ObservedTrial trial{++ordinal, std::move(point), {}, {}, {}};
    trial.outcome = algorithms::Outcome::kComplete;
    trial.objectives = {std::abs(trial.point[0] - 10) + std::abs(trial.point[2] - 10)};
    search->Observe({&trial, 1});
  };
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    tell(PointOf(history, space, static_cast<std::uint64_t>(i) + 1));
  }
  tell(search->Suggest(ordinal + 1, 1).list.front().point);
  std::vector<double> times;
  while (state.KeepRunning()) {
    const double start = ThreadMicroseconds();
    tell(search->Suggest(ordinal + 1, 1).list.front().point);
    times.push_back(ThreadMicroseconds() - start);
  }
  CountPercentiles(state, std::move(times));
  state.counters["MB"] = static_cast<double>(mallinfo2().uordblks - heap) / 1e6;
}

void Histories(benchmark::internal::Benchmark* bench) {
  bench->RangeMultiplier(10)->Range(100, 100'000)->Iterations(100)->Unit(benchmark::kMicrosecond);
}
BENCHMARK_CAPTURE(AskAndTell, tpe, History{algorithms::Find("tpe")})->Apply(Histories);
BENCHMARK_CAPTURE(AskAndTell, tpe_32_running, History{algorithms::Find("tpe"), true, 1, "", 32})
    ->Apply(Histories);
BENCHMARK_CAPTURE(AskAndTell, tpe_floats, History{algorithms::Find("tpe"), false})
    ->Apply(Histories);
BENCHMARK_CAPTURE(AskAndTell, tpe_converged, History{algorithms::Find("tpe"), true, 0.01})
    ->Apply(Histories);
BENCHMARK_CAPTURE(AskAndTell, tpe_floats_converged, History{algorithms::Find("tpe"), false, 0.01})
    ->Apply(Histories);
BENCHMARK_CAPTURE(AskAndTell, tpe_floats_near, History{algorithms::Find("tpe"), false, 0.03})
    ->Apply(Histories);
BENCHMARK_CAPTURE(AskAndTell,
                  tpe_floats_converged_128,
                  History{algorithms::Find("tpe"), false, 0.01, "128"})
    ->Apply(Histories);
BENCHMARK_CAPTURE(AskAndTell, tpe_128, History{algorithms::Find("tpe"), true, 1, "128"})
    ->Apply(Histories);
BENCHMARK_CAPTURE(AskAndTell, cmaes, History{algorithms::Find("cmaes")})->Apply(Histories);

void GaussianHistories(benchmark::internal::Benchmark* bench) {
  for (const std::int64_t size : {100, 200, 500, 1000, 10'000}) {
    bench->Arg(size);
  }
  bench->Iterations(100)->Unit(benchmark::kMicrosecond);
}
BENCHMARK_CAPTURE(AskAndTell,
                  bayesianoptimization,
                  History{algorithms::Find("bayesianoptimization")})
    ->Apply(GaussianHistories);
BENCHMARK_CAPTURE(AskAndTell,
                  bayesianoptimization_32_running,
                  History{algorithms::Find("bayesianoptimization"), true, 1, "", 32})
    ->Apply(GaussianHistories);

/// Small steps, so that a jump between two sizes is seen.
void SmallSteps(benchmark::internal::Benchmark* bench) {
  bench->DenseRange(50, 2000, 50)->Iterations(25)->Unit(benchmark::kMicrosecond);
}
BENCHMARK_CAPTURE(AskAndTell, cliff_tpe, History{algorithms::Find("tpe")})
    ->Name("Cliff/tpe")
    ->Apply(SmallSteps);
BENCHMARK_CAPTURE(AskAndTell, cliff_gp, History{algorithms::Find("bayesianoptimization")})
    ->Name("Cliff/bayesianoptimization")
    ->Apply(SmallSteps);

/// The decision of asha when a trial ends, after state.range(0) others.
void RungDecision(benchmark::State& state) {
  algorithms::AshaSchedule schedule(3, {1, 3, 9, 27, 81}, 1);
  const std::vector<std::uint64_t> room(5, ~std::uint64_t{0});
  std::uint64_t ordinal = 0;
  const auto next = [&] {
    const algorithms::PlannedTrial trial = schedule.Plan(1, room).front();
    schedule.Start(++ordinal, trial);
    schedule.End(ordinal, static_cast<double>(algorithms::MixBits(ordinal) >> 12U));
  };
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    next();
  }
  while (state.KeepRunning()) {
    next();
  }
}
BENCHMARK(RungDecision)->RangeMultiplier(10)->Range(1000, 1'000'000);

/// Three concurrent trials of at most 81 reports each. Returns the number of reports.
std::int64_t JudgeThree(algorithms::StoppingRule& rule, std::uint64_t first) {
  std::int64_t reports = 0;
  std::vector<std::uint64_t> running = {first, first + 1, first + 2};
  std::for_each(running.begin(), running.end(), [&](std::uint64_t trial) { rule.Begin(trial); });
  for (std::int64_t step = 1; step <= 81; ++step) {
    std::erase_if(running, [&](std::uint64_t trial) {
      const auto level = static_cast<double>(trial * 2654435761 % 1000);
      const bool is_hopeless =
          rule.Observe({trial, step, level / static_cast<double>(step)}).has_value();
      if (is_hopeless) {
        rule.End(trial, algorithms::Outcome::kStoppedEarly);
      }
      ++reports;
      return is_hopeless;
    });
  }
  std::for_each(running.begin(), running.end(), [&](std::uint64_t trial) {
    rule.End(trial, algorithms::Outcome::kComplete);
  });
  return reports;
}

/// After state.range(0) trials have ended; the items are reports.
void Judge(benchmark::State& state, const algorithms::Rule* catalogued) {
  const auto rule = catalogued->make({});
  std::uint64_t ordinal = 1;
  for (; ordinal < static_cast<std::uint64_t>(state.range(0)); ordinal += 3) {
    JudgeThree(*rule, ordinal);
  }
  std::int64_t reports = 0;
  while (state.KeepRunning()) {
    reports += JudgeThree(*rule, ordinal);
    ordinal += 3;
  }
  state.SetItemsProcessed(reports);
}
BENCHMARK_CAPTURE(Judge, medianstop, algorithms::FindRule("medianstop"))
    ->RangeMultiplier(10)
    ->Range(1000, 100'000);
BENCHMARK_CAPTURE(Judge, asha_stop, algorithms::FindRule("asha-stop"))
    ->RangeMultiplier(10)
    ->Range(1000, 100'000);

}  // namespace
}  // namespace hone::bench
