// A synthetic score of architectures, for tests of the algorithms that search them. Pure.
#pragma once

#include <cmath>
#include <string_view>
#include <vector>

#include "algorithms/numerics/counter_random.h"
#include "tests/algorithms/problems.h"

namespace hone::algorithms {

/// From 0 to 1: how near each layer's operation is to the best one, and how many connections are
/// right. The best architecture depends on the seed.
inline double ScoreOf(const ArchitectureLayout& layout, const Point& point, std::uint64_t seed) {
  CounterRandom random(seed, 99);
  const auto operations = static_cast<double>(layout.operations);
  double score = 0;
  double most = 0;
  for (std::size_t layer = 0; layer < layout.layers; ++layer) {
    const double best = std::floor(random.Uniform() * operations);
    score += 2 * (1 - std::abs(best - point[ArchitectureLayout::OperationAt(layer)]) / operations);
    most += 2;
    for (std::size_t earlier = 0; earlier < layer; ++earlier) {
      const double bit = random.Uniform() < 0.4 ? 1 : 0;
      score += point[ArchitectureLayout::SkipAt(layer, earlier)] == bit ? 0.5 : 0;
      most += 0.5;
    }
  }
  return score / most;
}

/// The mean scores of each tenth of the trials, `parallel` of which run at a time.
inline std::vector<double> MeanScores(std::string_view name,
                                      const Problem& problem,
                                      std::size_t trials,
                                      std::size_t parallel) {
  std::vector<double> sums(10);
  std::vector<double> counts(10);
  std::size_t trial = 0;
  Minimise(name, problem, trials, parallel, [&](const Point& point) {
    const double score = ScoreOf(*problem.layout, point, problem.seed);
    sums[trial * 10 / trials] += score;
    counts[trial * 10 / trials] += 1;
    ++trial;
    return -score;
  });
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums[i] /= counts[i];
  }
  return sums;
}

}  // namespace hone::algorithms
